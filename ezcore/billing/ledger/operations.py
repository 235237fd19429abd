"""Post journals and read balances. This is the only door into the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select

from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.db.bulk import insert_rows, reserve_ids
from ezcore.db.once import insert_once
from ezcore.kernel.errors import EzError
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork

# Chart of accounts. Gateways have a cash account each: cash("stripe").
RECEIVABLE = "receivable"
REVENUE = "revenue"
CLIENT_CREDIT = "client_credit"
TAX_PAYABLE = "tax_payable"
LATE_FEES = "late_fees"
FUNDS_PENDING = "funds_pending"  # invoiced to be added to a client's credit, not paid yet
GATEWAY_FEES = "gateway_fees"
REFUNDS_PENDING = "refunds_pending"  # taken from credit or a payment, on its way back to the client
DISPUTES = "disputes"  # withdrawn by a bank while a dispute runs
BAD_DEBT = "bad_debt"
ADJUSTMENTS = "adjustments"  # credit given or taken by staff, with a reason
EXCHANGE = "exchange"


class Unbalanced(EzError):
    """The entries of a journal do not sum to zero per currency."""


@dataclass(frozen=True)
class Posting:
    """One side: debit when positive, credit when negative."""

    account: str
    amount: Money
    client_id: int | None = None


def cash(gateway: str) -> str:
    """The account of money held at a gateway or bank."""
    return f"cash:{gateway}"


def post(uow: UnitOfWork, key: str, kind: str, on: date, postings: Sequence[Posting], note: str = "") -> bool:
    """Write a journal, once per key; all its entries by one INSERT, as the balance trigger asks.

    Returns False when this event was posted before. Raises: Unbalanced.
    """
    entries = [posting for posting in postings if not posting.amount.is_zero]
    _refuse_unbalanced(key, entries)
    journal = insert_once(
        uow.session, Journal, {"key": key, "kind": kind, "on": on, "at": uow.now(), "note": note[:200]}
    )
    if journal is None:
        return False
    if entries:
        rows = [
            {
                "journal_id": journal,
                "account": posting.account,
                "client_id": posting.client_id,
                "currency": posting.amount.currency,
                "minor": posting.amount.minor,
            }
            for posting in entries
        ]
        uow.session.execute(insert(LedgerEntry).values(rows))
    return True


def post_new(uow: UnitOfWork, kind: str, on: date, journals: Sequence[tuple[str, Sequence[Posting]]]) -> None:
    """Write many journals whose keys were never used (they name rows made in this transaction), by two statements.

    Raises: Unbalanced; IntegrityError when a key was used after all.
    """
    now = uow.now()
    ids = reserve_ids(uow.session, Journal, len(journals))
    entries: list[tuple[int, str, int | None, str, int]] = []
    for journal, (key, postings) in zip(ids, journals, strict=True):
        _refuse_unbalanced(key, postings)
        entries.extend(
            (journal, one.account, one.client_id, one.amount.currency, one.amount.minor)
            for one in postings
            if not one.amount.is_zero
        )
    heads = ((journal, key, kind, on, now, "") for journal, (key, _) in zip(ids, journals, strict=True))
    insert_rows(uow.session, Journal, ("id", "key", "kind", "on", "at", "note"), heads)
    columns = ("journal_id", "account", "client_id", "currency", "minor")
    insert_rows(uow.session, LedgerEntry, columns, entries)


def balance(uow: UnitOfWork, account: str, currency: str, client_id: int | None = None) -> Money:
    """The sum of an account's entries, of one client when given. Debit is positive."""
    query = select(func.coalesce(func.sum(LedgerEntry.minor), 0)).where(
        LedgerEntry.account == account, LedgerEntry.currency == currency
    )
    if client_id is not None:
        query = query.where(LedgerEntry.client_id == client_id)
    return Money(int(uow.session.scalar(query) or 0), currency)


def total(uow: UnitOfWork) -> dict[str, int]:
    """Sum of the whole ledger per currency; anything but zero is an alarm."""
    query = select(LedgerEntry.currency, func.sum(LedgerEntry.minor)).group_by(LedgerEntry.currency)
    return {currency: int(minor) for currency, minor in uow.session.execute(query)}


def _refuse_unbalanced(key: str, postings: Sequence[Posting]) -> None:
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.amount.currency] += posting.amount.minor
    wrong = {currency: minor for currency, minor in sums.items() if minor}
    if wrong:
        raise Unbalanced(f"journal {key} does not balance: {wrong}")
