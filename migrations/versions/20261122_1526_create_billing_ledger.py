"""Create billing_ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1526"
down_revision = "20261122_1525"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _journal()
    _ledger_entry()


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("key", name=op.f("uq_journal_key")),
    )


def _ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("journal_id", BIGINT, nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("client_id", BIGINT, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name=op.f("fk_ledger_entry_journal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(
        "ix_ledger_entry_balance", "ledger_entry", ["account", "client_id", "currency"], unique=False
    )
    op.create_index(op.f("ix_ledger_entry_journal_id"), "ledger_entry", ["journal_id"], unique=False)
