"""Create orders_changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1865"
down_revision = "20261122_1864"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _service_change()


def _service_change() -> None:
    op.create_table(
        "service_change",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due_minor", BIGINT, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=True),
        sa.Column("credit_note_id", BIGINT, nullable=True),
        sa.Column("live_key", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_service_change_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_service_change_invoice_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_change_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_change")),
        sa.UniqueConstraint("live_key", name=op.f("uq_service_change_live_key")),
    )
    op.create_index(op.f("ix_service_change_invoice_id"), "service_change", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_service_change_service_id"), "service_change", ["service_id"], unique=False)
