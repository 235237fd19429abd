"""Create billing_transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1827"
down_revision = "20261122_1826"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _transaction_target()


def _transaction_target() -> None:
    op.create_table(
        "transaction_target",
        sa.Column("transaction_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("invoice_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_transaction_target_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["payment_transaction.id"], name=op.f("fk_transaction_target_transaction_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", "invoice_id", name=op.f("pk_transaction_target")),
    )
    op.create_index(
        op.f("ix_transaction_target_invoice_id"), "transaction_target", ["invoice_id"], unique=False
    )
