"""Create billing_quotes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1824"
down_revision = "20261122_1823"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _quote()
    _quote_line()


def _quote() -> None:
    op.create_table(
        "quote",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("series", sa.String(length=40), nullable=True),
        sa.Column("sequence", BIGINT, nullable=True),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", BIGINT, nullable=False),
        sa.Column("tax_minor", BIGINT, nullable=False),
        sa.Column("total_minor", BIGINT, nullable=False),
        sa.Column("taxes", DOCUMENT, nullable=False),
        sa.Column("tax_note", sa.String(length=200), nullable=False),
        sa.Column("buyer", DOCUMENT, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=120), nullable=True),
        sa.Column("answered_user_id", BIGINT, nullable=True),
        sa.Column("answered_ip", sa.String(length=60), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_quote_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_quote_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
    )
    op.create_index(op.f("ix_quote_client_id"), "quote", ["client_id"], unique=False)
    op.create_index("ix_quote_status", "quote", ["status", "valid_until"], unique=False)
    op.create_index("ux_quote_sequence", "quote", ["series", "sequence"], unique=True)
    op.create_index("ux_quote_token", "quote", ["token_hash"], unique=True)


def _quote_line() -> None:
    op.create_table(
        "quote_line",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("quote_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("quantity", BIGINT, nullable=False),
        sa.Column("unit_minor", BIGINT, nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_line_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
    )
    op.create_index(op.f("ix_quote_line_quote_id"), "quote_line", ["quote_id"], unique=False)
