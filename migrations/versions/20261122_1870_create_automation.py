"""Create automation; a client may want one invoice per service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1870"
down_revision = "20261122_1865"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _installation()
    _run_preview()
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("separate_invoices", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )


def _installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_why", sa.String(length=400), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )


def _run_preview() -> None:
    op.create_table(
        "run_preview",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("task", sa.String(length=60), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("items", DOCUMENT, nullable=False),
        sa.Column("totals", DOCUMENT, nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_preview")),
    )
    with op.batch_alter_table("run_preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_preview_task"), ["task", "id"], unique=False)
