"""Create catalog_products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1523"
down_revision = "20261122_1522"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _product_group()
    _product()
    _price()
    _product_feature()
    _product_option()
    _option_choice()
    _choice_price()


def _product_group() -> None:
    op.create_table(
        "product_group",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("headline", sa.String(length=160), nullable=False),
        sa.Column("blurb", sa.Text(), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_group")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_group_slug")),
    )


def _product() -> None:
    op.create_table(
        "product",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("group_id", BIGINT, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("blurb", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=True),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("featured", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("stock", BIGINT, nullable=True),
        sa.Column("source_plugin", sa.String(length=40), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name=op.f("ck_product_stock_not_negative")),
        sa.ForeignKeyConstraint(["group_id"], ["product_group.id"], name=op.f("fk_product_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    op.create_index(op.f("ix_product_group_id"), "product", ["group_id"], unique=False)


def _price() -> None:
    op.create_table(
        "price",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("cycle", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("setup_minor", BIGINT, nullable=False),
        sa.CheckConstraint("amount_minor >= 0 AND setup_minor >= 0", name=op.f("ck_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_price_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
        sa.UniqueConstraint(
            "product_id", "cycle", "currency", name=op.f("uq_price_product_id_cycle_currency")
        ),
    )


def _product_feature() -> None:
    op.create_table(
        "product_feature",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_feature_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_feature")),
    )
    op.create_index(op.f("ix_product_feature_product_id"), "product_feature", ["product_id"], unique=False)


def _product_option() -> None:
    op.create_table(
        "product_option",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_option_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_option")),
        sa.UniqueConstraint("product_id", "key", name=op.f("uq_product_option_product_id_key")),
    )


def _option_choice() -> None:
    op.create_table(
        "option_choice",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("option_id", BIGINT, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"], ["product_option.id"], name=op.f("fk_option_choice_option_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option_choice")),
        sa.UniqueConstraint("option_id", "key", name=op.f("uq_option_choice_option_id_key")),
    )


def _choice_price() -> None:
    op.create_table(
        "choice_price",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("choice_id", BIGINT, nullable=False),
        sa.Column("cycle", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["choice_id"], ["option_choice.id"], name=op.f("fk_choice_price_choice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice_price")),
        sa.UniqueConstraint(
            "choice_id", "cycle", "currency", name=op.f("uq_choice_price_choice_id_cycle_currency")
        ),
    )
