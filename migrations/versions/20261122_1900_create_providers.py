"""Providers with their breaker and pause; questions that clients answer; what was left behind; the order of claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1900"
down_revision = "20261122_1880"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _provider()
    _job()
    with op.batch_alter_table("worker_process", schema=None) as batch_op:
        batch_op.add_column(sa.Column("strays", BIGINT, server_default="0", nullable=False))


def _provider() -> None:
    op.create_table(
        "provider",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("failures", BIGINT, nullable=False),
        sa.Column("openings", BIGINT, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(length=200), nullable=False),
        sa.Column("paused_why", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_provider")),
    )


def _job() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asks", sa.String(length=8), server_default="staff", nullable=False))
        batch_op.add_column(sa.Column("ask_fields", DOCUMENT, server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(
            sa.Column("left_behind", DOCUMENT, server_default=sa.text("'[]'"), nullable=False)
        )
    waiting = sa.text("state = 'queued'")
    op.create_index(
        "ix_job_order",
        "job",
        [sa.text("priority DESC"), "run_at", "id"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
