"""Create the table of names that addresses shall have in reverse DNS.

Revision ID: ez_proxmox_0002
Revises: ez_proxmox_0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ez_proxmox_0002"
down_revision = "ez_proxmox_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ez_proxmox_reverse_name",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("server_id", sa.Integer, nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("operation_key", sa.String(200), nullable=False),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("is_set", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_proxmox_reverse_name"),
        sa.UniqueConstraint("server_id", "address", name="uq_ez_proxmox_reverse_name_address"),
    )
    op.create_index("ix_ez_proxmox_reverse_name_operation_key", "ez_proxmox_reverse_name", ["operation_key"])


def downgrade() -> None:
    op.drop_table("ez_proxmox_reverse_name")
