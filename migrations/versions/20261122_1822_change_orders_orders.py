"""Change orders_orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1822"
down_revision = "20261122_1821"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _client_order()
    _order_line()


def _client_order() -> None:
    with op.batch_alter_table("client_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promotion_id", BIGINT, nullable=True))


def _order_line() -> None:
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("discount_minor", BIGINT, server_default="0", nullable=False))
