"""Create catalog_products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1819"
down_revision = "20261122_1818"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _product_addon()


def _product_addon() -> None:
    op.create_table(
        "product_addon",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("addon_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.CheckConstraint("product_id <> addon_id", name=op.f("ck_product_addon_not_itself")),
        sa.ForeignKeyConstraint(
            ["addon_id"], ["product.id"], name=op.f("fk_product_addon_addon_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_addon_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_addon")),
        sa.UniqueConstraint("product_id", "addon_id", name=op.f("uq_product_addon_product_id_addon_id")),
    )
    op.create_index(op.f("ix_product_addon_addon_id"), "product_addon", ["addon_id"], unique=False)
