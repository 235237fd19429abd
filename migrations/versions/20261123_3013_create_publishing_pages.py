"""Create publishing_pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3013"
down_revision = "20261123_3012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _page_version()
    _terms_acceptance()


def _page_version() -> None:
    op.create_table(
        "page_version",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("page", sa.String(length=10), nullable=False),
        sa.Column("number", BIGINT, nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
        sa.UniqueConstraint("page", "number", name=op.f("uq_page_version_page_number")),
    )


def _terms_acceptance() -> None:
    op.create_table(
        "terms_acceptance",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("version_id", BIGINT, nullable=False),
        sa.Column("order_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=True),
        sa.Column("ip", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_terms_acceptance_client_id")),
        sa.ForeignKeyConstraint(["order_id"], ["client_order.id"], name=op.f("fk_terms_acceptance_order_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["page_version.id"], name=op.f("fk_terms_acceptance_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptance")),
        sa.UniqueConstraint("order_id", name=op.f("uq_terms_acceptance_order_id")),
    )
    op.create_index(op.f("ix_terms_acceptance_client_id"), "terms_acceptance", ["client_id"], unique=False)
    op.create_index(op.f("ix_terms_acceptance_version_id"), "terms_acceptance", ["version_id"], unique=False)
