"""Reads of the ledger: a client's statement of account, journals by account, kind and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.billing.ledger.operations import CLIENT_CREDIT, RECEIVABLE
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork

# What a client owes less what they hold with us. Money on its way (funds, refunds) counts when it has arrived.
ACCOUNTS = (RECEIVABLE, CLIENT_CREDIT)


@dataclass(frozen=True)
class StatementRow:
    """A money event: what it added to the debt (negative: took off), and what was owed after it."""

    on: date
    kind: str
    key: str
    amount: Money
    balance: Money


@dataclass(frozen=True)
class Statement:
    """A client's account in one currency between two days, both included. Below zero is credit."""

    opening: Money
    rows: tuple[StatementRow, ...]
    closing: Money


def statement(uow: UnitOfWork, client_id: int, currency: str, first: date, last: date) -> Statement:
    """What was owed before `first`, every event until `last` with the running balance, what is owed then.

    Events that change nothing for the client (credit used for an invoice) are left out.
    """
    mine = (
        LedgerEntry.client_id == client_id,
        LedgerEntry.currency == currency,
        LedgerEntry.account.in_(ACCOUNTS),
    )
    before = (
        select(func.coalesce(func.sum(LedgerEntry.minor), 0))
        .join(Journal, Journal.id == LedgerEntry.journal_id)
        .where(*mine, Journal.on < first)
    )
    opening = Money(int(uow.session.scalar(before) or 0), currency)
    query = (
        select(Journal.id, Journal.on, Journal.kind, Journal.key, func.sum(LedgerEntry.minor))
        .join(LedgerEntry, LedgerEntry.journal_id == Journal.id)
        .where(*mine, Journal.on >= first, Journal.on <= last)
        .group_by(Journal.id, Journal.on, Journal.kind, Journal.key)
        .having(func.sum(LedgerEntry.minor) != 0)
        .order_by(Journal.on, Journal.id)
    )
    rows, balance = [], opening
    for _, on, kind, key, minor in uow.session.execute(query):
        amount = Money(int(minor), currency)
        balance += amount
        rows.append(StatementRow(on, kind, key, amount, balance))
    return Statement(opening, tuple(rows), balance)


def currencies_of(uow: UnitOfWork, client_id: int) -> Sequence[str]:
    """Currencies in which anything ever happened on a client's account."""
    query = select(LedgerEntry.currency).where(
        LedgerEntry.client_id == client_id, LedgerEntry.account.in_(ACCOUNTS)
    )
    return uow.session.scalars(query.distinct().order_by(LedgerEntry.currency)).all()


def entries(
    account: str = "", kind: str = "", first: date | None = None, last: date | None = None
) -> Select[Journal, LedgerEntry]:
    """Entries with their journals, newest first; each filter that is given narrows it."""
    query = select(Journal, LedgerEntry).join(LedgerEntry, LedgerEntry.journal_id == Journal.id)
    if account:
        query = query.where(LedgerEntry.account == account)
    if kind:
        query = query.where(Journal.kind == kind)
    if first is not None:
        query = query.where(Journal.on >= first)
    if last is not None:
        query = query.where(Journal.on <= last)
    return query.order_by(Journal.id.desc(), LedgerEntry.id)
