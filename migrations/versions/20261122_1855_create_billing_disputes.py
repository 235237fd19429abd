"""Create billing_disputes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1855"
down_revision = "20261122_1854"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _dispute()


def _dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("transaction_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("withdrawn_minor", BIGINT, nullable=False),
        sa.Column("withdrawn_currency", sa.String(length=3), nullable=False),
        sa.Column("fee_minor", BIGINT, nullable=False),
        sa.Column("fee_currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_minor", BIGINT, nullable=False),
        sa.Column("credit_minor", BIGINT, nullable=False),
        sa.Column("lost_minor", BIGINT, nullable=False),
        sa.Column("fee_held_minor", BIGINT, nullable=False),
        sa.Column("taken", DOCUMENT, nullable=False),
        sa.Column("moves", BIGINT, nullable=False),
        sa.CheckConstraint(
            "held_minor >= 0 AND credit_minor >= 0 AND lost_minor >= 0", name=op.f("ck_dispute_not_negative")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_dispute_client_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["payment_transaction.id"], name=op.f("fk_dispute_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("gateway", "external_id", name=op.f("uq_dispute_gateway_external_id")),
    )
    op.create_index(op.f("ix_dispute_client_id"), "dispute", ["client_id"], unique=False)
    op.create_index(op.f("ix_dispute_transaction_id"), "dispute", ["transaction_id"], unique=False)
