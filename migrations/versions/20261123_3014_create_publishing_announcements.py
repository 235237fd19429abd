"""Create publishing_announcements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3014"
down_revision = "20261123_3013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _announcement()


def _announcement() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("slug", name=op.f("uq_announcement_slug")),
    )
    op.create_index(op.f("ix_announcement_publish_at"), "announcement", ["publish_at"], unique=False)
