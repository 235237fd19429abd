"""Create billing_credit_notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1803"
down_revision = "20261122_1700"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _credit_note()
    _credit_note_line()
    _credit_note_tax()


def _credit_note() -> None:
    op.create_table(
        "credit_note",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("sequence", BIGINT, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", BIGINT, nullable=False),
        sa.Column("tax_minor", BIGINT, nullable=False),
        sa.Column("total_minor", BIGINT, nullable=False),
        sa.Column("applied_minor", BIGINT, nullable=False),
        sa.Column("to_credit_minor", BIGINT, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("tax_treatment", sa.String(length=20), nullable=False),
        sa.Column("tax_note", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("buyer", DOCUMENT, nullable=False),
        sa.Column("seller", DOCUMENT, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "total_minor = applied_minor + to_credit_minor", name=op.f("ck_credit_note_goes_somewhere")
        ),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name=op.f("ck_credit_note_adds_up")),
        sa.CheckConstraint(
            "total_minor > 0 AND applied_minor >= 0 AND to_credit_minor >= 0",
            name=op.f("ck_credit_note_positive"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_credit_note_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_note_number")),
    )
    op.create_index(op.f("ix_credit_note_client_id"), "credit_note", ["client_id"], unique=False)
    op.create_index(op.f("ix_credit_note_invoice_id"), "credit_note", ["invoice_id"], unique=False)
    op.create_index("ux_credit_note_sequence", "credit_note", ["series", "sequence"], unique=True)


def _credit_note_line() -> None:
    op.create_table(
        "credit_note_line",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("credit_note_id", BIGINT, nullable=False),
        sa.Column("invoice_line_id", BIGINT, nullable=True),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("tax_minor", BIGINT, nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_line_credit_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_line.id"], name=op.f("fk_credit_note_line_invoice_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_line")),
    )
    op.create_index(
        op.f("ix_credit_note_line_credit_note_id"), "credit_note_line", ["credit_note_id"], unique=False
    )
    op.create_index(
        op.f("ix_credit_note_line_invoice_line_id"), "credit_note_line", ["invoice_line_id"], unique=False
    )


def _credit_note_tax() -> None:
    op.create_table(
        "credit_note_tax",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("credit_note_id", BIGINT, nullable=False),
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
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_tax_credit_note_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_tax")),
    )
    op.create_index(
        op.f("ix_credit_note_tax_credit_note_id"), "credit_note_tax", ["credit_note_id"], unique=False
    )
