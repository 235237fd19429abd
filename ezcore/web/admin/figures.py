"""The figures of the dashboard, in the shop's currency and time zone; each leads to its records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.billing.ledger.operations import cash
from ezcore.jobs.models import OPEN_STATES, Job
from ezcore.kernel.money import Money
from ezcore.services.services.models import Service, ServiceState
from ezcore.web.admin.chart import Bars, bars
from ezcore.work import UnitOfWork

MONTHS = 12


@dataclass(frozen=True)
class Figures:
    """`invoiced` and `received` are of this month; `owed` and `overdue` are (how many invoices, open sum)."""

    active: int
    suspended: int
    invoiced: Money
    received: Money
    owed: tuple[int, Money]
    overdue: tuple[int, Money]
    jobs: dict[str, int]

    @property
    def open_jobs(self) -> int:
        """Jobs that are not over."""
        return sum(self.jobs.values())


def figures(uow: UnitOfWork) -> Figures:
    """How business is."""
    states = _counts(uow, Service.state)
    today = uow.today()
    return Figures(
        active=states.get(ServiceState.ACTIVE, 0),
        suspended=states.get(ServiceState.SUSPENDED, 0),
        invoiced=Money(sum(_invoiced(uow, today.replace(day=1)).values()), _currency(uow)),
        received=_received(uow, today.replace(day=1)),
        owed=_owed(uow),
        overdue=_owed(uow, Invoice.due_on < today),
        jobs=_counts(uow, Job.state, Job.state.in_(OPEN_STATES)),
    )


def revenue_chart(uow: UnitOfWork) -> Bars:
    """Invoiced per month, twelve months up to this one; cancelled and refunded invoices left out."""
    today, currency = uow.today(), _currency(uow)
    months = [_month(today, back) for back in range(MONTHS - 1, -1, -1)]
    sums = dict.fromkeys(months, 0)
    for issued, minor in _invoiced(uow, months[0]).items():
        month = issued.replace(day=1)
        if month in sums:
            sums[month] += minor
    return bars([(f"{month:%b %Y}", Money(minor, currency)) for month, minor in sums.items()], currency)


def _invoiced(uow: UnitOfWork, since: date) -> dict[date, int]:
    """Minor units per day of issue."""
    rows = uow.session.execute(
        select(Invoice.issued_on, func.sum(Invoice.total_minor))
        .where(
            Invoice.currency == _currency(uow),
            Invoice.issued_on >= since,
            Invoice.status.in_((InvoiceStatus.PAID, InvoiceStatus.UNPAID)),
        )
        .group_by(Invoice.issued_on)
    )
    return {issued: int(minor) for issued, minor in rows if issued is not None}


def _received(uow: UnitOfWork, since: date) -> Money:
    """What came in at gateways and the bank, less their fees and less what was given back."""
    minor = uow.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.minor), 0))
        .join(Journal, Journal.id == LedgerEntry.journal_id)
        .where(
            LedgerEntry.account.startswith(cash("")),
            LedgerEntry.currency == _currency(uow),
            Journal.on >= since,
        )
    )
    return Money(int(minor or 0), _currency(uow))


def _owed(uow: UnitOfWork, *only: Any) -> tuple[int, Money]:
    open_sum = func.coalesce(func.sum(Invoice.total_minor - Invoice.paid_minor), 0)
    unpaid = (Invoice.status == InvoiceStatus.UNPAID, Invoice.currency == _currency(uow))
    count, minor = uow.session.execute(select(func.count(), open_sum).where(*unpaid, *only)).one()
    return int(count), Money(int(minor), _currency(uow))


def _counts(uow: UnitOfWork, column: Any, *only: Any) -> dict[str, int]:
    rows = uow.session.execute(select(column, func.count()).where(*only).group_by(column))
    return {str(value): int(count) for value, count in rows}


def _currency(uow: UnitOfWork) -> str:
    return uow.settings.shop.currency


def _month(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
