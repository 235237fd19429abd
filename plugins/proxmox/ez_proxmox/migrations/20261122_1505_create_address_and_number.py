"""Create the tables of reserved addresses and machine numbers.

Revision ID: ez_proxmox_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ez_proxmox_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ez_proxmox_address",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("server_id", sa.Integer, nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("operation_key", sa.String(200)),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_ez_proxmox_address"),
        sa.UniqueConstraint("server_id", "address", name="uq_ez_proxmox_address_address"),
        sa.UniqueConstraint("server_id", "operation_key", name="uq_ez_proxmox_address_operation_key"),
    )
    op.create_table(
        "ez_proxmox_number",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("server_id", sa.Integer, nullable=False),
        sa.Column("vmid", sa.Integer, nullable=False),
        sa.Column("operation_key", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_proxmox_number"),
        sa.UniqueConstraint("server_id", "vmid", name="uq_ez_proxmox_number_vmid"),
        sa.UniqueConstraint("server_id", "operation_key", name="uq_ez_proxmox_number_operation_key"),
    )


def downgrade() -> None:
    op.drop_table("ez_proxmox_number")
    op.drop_table("ez_proxmox_address")
