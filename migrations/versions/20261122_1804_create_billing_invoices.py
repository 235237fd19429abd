"""Create billing_invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1804"
down_revision = "20261122_1803"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allocation()
    _invoice_paid()
    _invoice_tax()


def _allocation() -> None:
    op.create_table(
        "allocation",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("transaction_id", BIGINT, nullable=True),
        sa.Column("credit_note_id", BIGINT, nullable=True),
        sa.Column("reverses_id", BIGINT, nullable=True),
        sa.Column("journal_key", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_allocation_not_nothing")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_allocation_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_invoice_id"), "allocation", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_allocation_transaction_id"), "allocation", ["transaction_id"], unique=False)


def _invoice_paid() -> None:
    op.create_table(
        "invoice_paid",
        sa.Column("invoice_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_paid_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice_paid")),
    )


def _invoice_tax() -> None:
    op.create_table(
        "invoice_tax",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rate_ppm", BIGINT, nullable=False),
        sa.Column("level", BIGINT, nullable=False),
        sa.Column("compound", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=4), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base_minor", BIGINT, nullable=False),
        sa.Column("tax_minor", BIGINT, nullable=False),
        sa.Column("rule_id", BIGINT, nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_tax_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_tax")),
    )
    op.create_index(op.f("ix_invoice_tax_invoice_id"), "invoice_tax", ["invoice_id"], unique=False)
