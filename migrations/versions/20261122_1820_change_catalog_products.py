"""Change catalog_products: versions of prices; services learn which one they were sold by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1820"
down_revision = "20261122_1819"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _choice_price()
    _price()
    _product()
    _product_option()
    _sold_by()


def _choice_price() -> None:
    with op.batch_alter_table("choice_price", schema=None) as batch_op:
        batch_op.add_column(sa.Column("setup_minor", BIGINT, server_default="0", nullable=False))


def _price() -> None:
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_minor", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("on_sale_from", sa.Date(), server_default="2000-01-01", nullable=False))
        batch_op.add_column(sa.Column("on_sale_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("running_from", sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_price_product_id_cycle_currency"), type_="unique")
        batch_op.create_check_constraint(
            batch_op.f("ck_price_first_not_negative"), "first_minor IS NULL OR first_minor >= 0"
        )
        if op.get_bind().dialect.name == "sqlite":
            # The table is made anew there, and checks are not read back from the old one.
            batch_op.create_check_constraint(
                batch_op.f("ck_price_not_negative"), "amount_minor >= 0 AND setup_minor >= 0"
            )
        batch_op.create_index(
            "ix_price_versions", ["product_id", "cycle", "currency", "on_sale_from"], unique=False
        )


def _product() -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_addon", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("cotermed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("tax_class", sa.String(length=40), server_default="standard", nullable=False)
        )


def _product_option() -> None:
    with op.batch_alter_table("product_option", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), server_default="choice", nullable=False))
        batch_op.add_column(
            sa.Column("required", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(sa.Column("minimum", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("maximum", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("step", BIGINT, server_default="1", nullable=False))
        batch_op.add_column(sa.Column("unit", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("shown_if_option", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("shown_if_answer", sa.String(length=40), nullable=True))


def _sold_by() -> None:
    """Up to now a product had one price per cycle and currency: every service was sold by that."""
    op.execute(
        "UPDATE service SET price_id = (SELECT price.id FROM price WHERE price.product_id = service.product_id"
        " AND price.cycle = service.cycle AND price.currency = service.currency) WHERE price_id IS NULL"
    )
