"""Reads of credit."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.billing.credit.models import ClientCredit
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.billing.ledger.operations import CLIENT_CREDIT
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def balances(uow: UnitOfWork, client_id: int) -> list[Money]:
    """What a client may spend, one amount per currency; those without are left out."""
    query = select(ClientCredit).where(ClientCredit.client_id == client_id, ClientCredit.balance_minor > 0)
    rows = uow.session.scalars(query.order_by(ClientCredit.currency))
    return [Money(row.balance_minor, row.currency) for row in rows]


def moves(uow: UnitOfWork, client_id: int, limit: int = 100) -> list[tuple[Journal, Money]]:
    """What changed a client's credit, from the ledger, newest first; more credit is positive."""
    query = (
        select(Journal, LedgerEntry.minor, LedgerEntry.currency)
        .join(LedgerEntry, LedgerEntry.journal_id == Journal.id)
        .where(LedgerEntry.account == CLIENT_CREDIT, LedgerEntry.client_id == client_id)
        .order_by(Journal.id.desc())
        .limit(limit)
    )
    return [
        (journal, Money(-int(minor), currency)) for journal, minor, currency in uow.session.execute(query)
    ]
