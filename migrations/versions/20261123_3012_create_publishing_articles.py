"""Create publishing_articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3012"
down_revision = "20261123_3011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _article_category()
    _article()
    _article_vote()


def _article_category() -> None:
    op.create_table(
        "article_category",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("blurb", sa.String(length=200), server_default="", nullable=False),
        sa.Column("parent_id", BIGINT, nullable=True),
        sa.Column("position", BIGINT, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["article_category.id"], name=op.f("fk_article_category_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_article_category_slug")),
    )
    op.create_index(op.f("ix_article_category_parent_id"), "article_category", ["parent_id"], unique=False)


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("category_id", BIGINT, nullable=False),
        sa.Column("product_id", BIGINT, nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("summary", sa.String(length=200), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, server_default="0", nullable=False),
        sa.Column("private", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("views", BIGINT, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["article_category.id"], name=op.f("fk_article_category_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_article_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("slug", name=op.f("uq_article_slug")),
    )
    op.create_index(op.f("ix_article_category_id"), "article", ["category_id"], unique=False)
    op.create_index(op.f("ix_article_product_id"), "article", ["product_id"], unique=False)


def _article_vote() -> None:
    op.create_table(
        "article_vote",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("article_id", BIGINT, nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_vote_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_vote")),
        sa.UniqueConstraint("article_id", "voter", name=op.f("uq_article_vote_article_id_voter")),
    )
