"""Create catalog_promotions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1818"
down_revision = "20261122_1813"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _promotion()
    _promotion_amount()
    _promotion_use()


def _promotion() -> None:
    op.create_table(
        "promotion",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("percent_ppm", BIGINT, nullable=False),
        sa.Column("on_setup", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("once_per_order", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cycles", DOCUMENT, nullable=False),
        sa.Column("products", DOCUMENT, nullable=False),
        sa.Column("requires_product_id", BIGINT, nullable=True),
        sa.Column("recurrences", BIGINT, nullable=True),
        sa.Column("max_uses", BIGINT, nullable=True),
        sa.Column("used", BIGINT, server_default="0", nullable=False),
        sa.Column("once_per_client", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("new_clients_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('percent', 'fixed', 'price_override', 'free_setup')",
            name=op.f("ck_promotion_known_kind"),
        ),
        sa.CheckConstraint("percent_ppm BETWEEN 0 AND 1000000", name=op.f("ck_promotion_at_most_everything")),
        sa.CheckConstraint(
            "recurrences IS NULL OR recurrences >= 1", name=op.f("ck_promotion_at_least_once")
        ),
        sa.CheckConstraint(
            "used >= 0 AND (max_uses IS NULL OR used <= max_uses)",
            name=op.f("ck_promotion_uses_within_limit"),
        ),
        sa.ForeignKeyConstraint(
            ["requires_product_id"], ["product.id"], name=op.f("fk_promotion_requires_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("code", name=op.f("uq_promotion_code")),
    )


def _promotion_amount() -> None:
    op.create_table(
        "promotion_amount",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("promotion_id", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_promotion_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotion.id"],
            name=op.f("fk_promotion_amount_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_amount")),
        sa.UniqueConstraint(
            "promotion_id", "currency", name=op.f("uq_promotion_amount_promotion_id_currency")
        ),
    )


def _promotion_use() -> None:
    op.create_table(
        "promotion_use",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("promotion_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("order_id", BIGINT, nullable=False),
        sa.Column("client_key", sa.String(length=60), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_use_promotion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_use")),
        sa.UniqueConstraint("client_key", name=op.f("uq_promotion_use_client_key")),
        sa.UniqueConstraint("order_id", name=op.f("uq_promotion_use_order_id")),
    )
    op.create_index(
        "ix_promotion_use_promotion_id", "promotion_use", ["promotion_id", "client_id"], unique=False
    )
