"""Create the tables of reserved user names and of traffic readings.

Revision ID: ez_hestiacp_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ez_hestiacp_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ez_hestiacp_account",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("server_id", sa.Integer, nullable=False),
        sa.Column("user_name", sa.String(32), nullable=False),
        sa.Column("operation_key", sa.String(200), nullable=False),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("adopted", sa.Boolean, nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_ez_hestiacp_account"),
        sa.UniqueConstraint("server_id", "user_name", name="uq_ez_hestiacp_account_user_name"),
        sa.UniqueConstraint("server_id", "operation_key", name="uq_ez_hestiacp_account_operation_key"),
    )
    op.create_table(
        "ez_hestiacp_reading",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("server_id", sa.Integer, nullable=False),
        sa.Column("user_name", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_hestiacp_reading"),
        sa.UniqueConstraint("server_id", "user_name", "day", name="uq_ez_hestiacp_reading_day"),
    )


def downgrade() -> None:
    op.drop_table("ez_hestiacp_reading")
    op.drop_table("ez_hestiacp_account")
