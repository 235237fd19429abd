"""Create orders_carts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1530"
down_revision = "20261122_1529"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cart()
    _cart_line()


def _cart() -> None:
    op.create_table(
        "cart",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIGINT, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_cart_secret_hash")),
    )
    op.create_index(op.f("ix_cart_user_id"), "cart", ["user_id"], unique=False)


def _cart_line() -> None:
    op.create_table(
        "cart_line",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("cart_id", BIGINT, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("cycle", sa.String(length=20), nullable=False),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("params", DOCUMENT, nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["cart.id"], name=op.f("fk_cart_line_cart_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_cart_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_line")),
    )
    op.create_index(op.f("ix_cart_line_cart_id"), "cart_line", ["cart_id"], unique=False)
