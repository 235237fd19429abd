"""Change orders_carts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1821"
down_revision = "20261122_1820"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cart()
    _cart_line()


def _cart() -> None:
    with op.batch_alter_table("cart", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promotion_id", BIGINT, nullable=True))


def _cart_line() -> None:
    with op.batch_alter_table("cart_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("parent_service_id", BIGINT, nullable=True))
