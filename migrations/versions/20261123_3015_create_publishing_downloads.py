"""Create publishing_downloads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3015"
down_revision = "20261123_3014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _download()


def _download() -> None:
    op.create_table(
        "download",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("blurb", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", BIGINT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("product_id", BIGINT, nullable=True),
        sa.Column("position", BIGINT, server_default="0", nullable=False),
        sa.Column("saved", BIGINT, server_default="0", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_download_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
    )
    op.create_index(op.f("ix_download_product_id"), "download", ["product_id"], unique=False)
