"""Create the tables of accounts and open orders.

Revision ID: ez_acme_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ez_acme_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ez_acme_account",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("identity", sa.String(500), nullable=False),
        sa.Column("key_sealed", sa.Text, nullable=False),
        sa.Column("url", sa.String(1000)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_acme_account"),
        sa.UniqueConstraint("identity", name="uq_ez_acme_account_identity"),
    )
    op.create_table(
        "ez_acme_order",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("operation_key", sa.String(200), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_acme_order"),
        sa.UniqueConstraint("operation_key", name="uq_ez_acme_order_operation_key"),
    )


def downgrade() -> None:
    op.drop_table("ez_acme_order")
    op.drop_table("ez_acme_account")
