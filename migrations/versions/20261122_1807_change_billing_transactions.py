"""Change billing_transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1807"
down_revision = "20261122_1806"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _payment_transaction()


def _payment_transaction() -> None:
    with op.batch_alter_table("payment_transaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refunded_minor", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("disputed_minor", BIGINT, server_default="0", nullable=False))
