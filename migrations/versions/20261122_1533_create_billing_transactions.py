"""Create billing_transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1533"
down_revision = "20261122_1532"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _payment_transaction()


def _payment_transaction() -> None:
    op.create_table(
        "payment_transaction",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("received_minor", BIGINT, nullable=False),
        sa.Column("fee_minor", BIGINT, nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("checkout_id", sa.String(length=200), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_payment_transaction_client_id")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_payment_transaction_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_transaction")),
        sa.UniqueConstraint(
            "gateway", "external_id", name=op.f("uq_payment_transaction_gateway_external_id")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_transaction_reference")),
    )
    op.create_index(
        op.f("ix_payment_transaction_client_id"), "payment_transaction", ["client_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_transaction_invoice_id"), "payment_transaction", ["invoice_id"], unique=False
    )
    op.create_index("ix_transaction_open", "payment_transaction", ["status", "created_at"], unique=False)
