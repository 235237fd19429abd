"""Create billing_refunds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1857"
down_revision = "20261122_1856"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _refund()


def _refund() -> None:
    op.create_table(
        "refund",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("transaction_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("destination", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("credit_note_id", BIGINT, nullable=True),
        sa.Column("noted_minor", BIGINT, nullable=False),
        sa.Column("parts", DOCUMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_more_than_nothing")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_refund_client_id")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_refund_credit_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["payment_transaction.id"], name=op.f("fk_refund_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("gateway", "external_id", name=op.f("uq_refund_gateway_external_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_refund_reference")),
    )
    op.create_index(op.f("ix_refund_client_id"), "refund", ["client_id"], unique=False)
    op.create_index(op.f("ix_refund_transaction_id"), "refund", ["transaction_id"], unique=False)
