"""Change accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1813"
down_revision = "20261122_1812"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _client()


def _client() -> None:
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tax_number", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("tax_number_state", sa.String(length=10), server_default="none", nullable=False)
        )
        batch_op.add_column(
            sa.Column("tax_exempt", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("tax_exempt_reason", sa.String(length=200), server_default="", nullable=False)
        )
