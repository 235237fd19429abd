"""Create billing_transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1858"
down_revision = "20261122_1857"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _unmatched_fact()


def _unmatched_fact() -> None:
    op.create_table(
        "unmatched_fact",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("fact", DOCUMENT, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmatched_fact")),
        sa.UniqueConstraint("digest", name=op.f("uq_unmatched_fact_digest")),
    )
    op.create_index("ix_unmatched_fact_key", "unmatched_fact", ["source", "key"], unique=False)
