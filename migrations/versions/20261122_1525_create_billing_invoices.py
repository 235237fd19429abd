"""Create billing_invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1525"
down_revision = "20261122_1524"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _invoice_series()
    _invoice()
    _invoice_line()


def _invoice_series() -> None:
    op.create_table(
        "invoice_series",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("last_number", BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_invoice_series")),
    )


def _invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", BIGINT, nullable=False),
        sa.Column("paid_minor", BIGINT, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("buyer", DOCUMENT, nullable=False),
        sa.Column("seller", DOCUMENT, nullable=False),
        sa.Column("notes", DOCUMENT, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status != 'paid' OR paid_minor = total_minor", name=op.f("ck_invoice_paid_in_full")
        ),
        sa.CheckConstraint(
            "paid_minor >= 0 AND paid_minor <= total_minor", name=op.f("ck_invoice_paid_within_total")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_invoice_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    op.create_index(op.f("ix_invoice_client_id"), "invoice", ["client_id"], unique=False)
    op.create_index("ix_invoice_unpaid", "invoice", ["status", "due_on"], unique=False)


def _invoice_line() -> None:
    op.create_table(
        "invoice_line",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("quantity", BIGINT, nullable=False),
        sa.Column("unit_minor", BIGINT, nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("service_id", BIGINT, nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("period_key", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("period_key", name=op.f("uq_invoice_line_period_key")),
    )
    op.create_index(op.f("ix_invoice_line_invoice_id"), "invoice_line", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_invoice_line_service_id"), "invoice_line", ["service_id"], unique=False)
