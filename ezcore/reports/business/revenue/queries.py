"""The database sums the entries of the ledger by day, kind and side."""

from __future__ import annotations

from sqlalchemy import case, func, literal, or_, select

from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.billing.ledger.operations import LATE_FEES, REVENUE, cash
from ezcore.reports.business.months import Months
from ezcore.reports.business.revenue.rules import Moved, Row, Side, fold
from ezcore.work import UnitOfWork

SOLD = (REVENUE, LATE_FEES)


def revenue(uow: UnitOfWork, months: Months, currency: str) -> list[Row]:
    """One row per month."""
    is_cash = LedgerEntry.account.startswith(cash(""))
    side = case((is_cash, literal(Side.CASH)), else_=literal(Side.SOLD)).label("side")
    rows = uow.session.execute(
        select(Journal.on, Journal.kind, side, func.sum(LedgerEntry.minor))
        .join(LedgerEntry, LedgerEntry.journal_id == Journal.id)
        .where(
            Journal.on >= months.first,
            Journal.on <= months.last_day,
            LedgerEntry.currency == currency,
            or_(is_cash, LedgerEntry.account.in_(SOLD)),
        )
        .group_by(Journal.on, Journal.kind, side)
    )
    return fold(
        months, currency, [Moved(on, kind, Side(which), int(minor)) for on, kind, which, minor in rows]
    )
