"""Create billing_statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1854"
down_revision = "20261122_1853"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bank_statement()
    _bank_line()


def _bank_statement() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("mapping", DOCUMENT, nullable=False),
        sa.Column("rows", BIGINT, nullable=False),
        sa.Column("known_rows", BIGINT, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )


def _bank_line() -> None:
    op.create_table(
        "bank_line",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("statement_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("bank_reference", sa.String(length=120), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("payer", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("match", sa.String(length=10), nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("transaction_id", BIGINT, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_bank_line_invoice_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["payment_transaction.id"], name=op.f("fk_bank_line_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("gateway", "bank_reference", name=op.f("uq_bank_line_gateway_bank_reference")),
    )
    op.create_index("ix_bank_line_state", "bank_line", ["state", "id"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
