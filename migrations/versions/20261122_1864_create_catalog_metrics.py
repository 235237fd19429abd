"""Create catalog_metrics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1864"
down_revision = "20261122_1863"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _product_metric()


def _product_metric() -> None:
    op.create_table(
        "product_metric",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("included_milli", BIGINT, nullable=False),
        sa.Column("tiers", DOCUMENT, nullable=False),
        sa.CheckConstraint("included_milli >= 0", name=op.f("ck_product_metric_included_not_negative")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_metric_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_metric")),
        sa.UniqueConstraint("product_id", "key", name=op.f("uq_product_metric_product_id_key")),
    )
