"""Create orders_orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1531"
down_revision = "20261122_1530"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _client_order()
    _order_line()


def _client_order() -> None:
    op.create_table(
        "client_order",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=True),
        sa.Column("form_key", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", BIGINT, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=True),
        sa.Column("ip", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_order_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_client_order_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_order")),
        sa.UniqueConstraint("form_key", name=op.f("uq_client_order_form_key")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_client_order_invoice_id")),
    )
    op.create_index(op.f("ix_client_order_client_id"), "client_order", ["client_id"], unique=False)


def _order_line() -> None:
    op.create_table(
        "order_line",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("order_id", BIGINT, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("cycle", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("setup_minor", BIGINT, nullable=False),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("params", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["client_order.id"], name=op.f("fk_order_line_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_order_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    op.create_index(op.f("ix_order_line_order_id"), "order_line", ["order_id"], unique=False)
