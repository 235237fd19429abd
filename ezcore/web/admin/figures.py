"""The figures of the dashboard, in the shop's currency and time zone; each leads to its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, select, union_all

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
    chart: Bars

    @property
    def open_jobs(self) -> int:
        """Jobs that are not over."""
        return sum(self.jobs.values())


def figures(uow: UnitOfWork) -> Figures:
    """How business is."""
    states, jobs = _states(uow)
    today, currency = uow.today(), _currency(uow)
    this_month = today.replace(day=1)
    months = [_month(today, back) for back in range(MONTHS - 1, -1, -1)]
    invoiced = _invoiced(uow, months[0])
    owed, overdue = _owed(uow, today)
    return Figures(
        active=states.get(ServiceState.ACTIVE, 0),
        suspended=states.get(ServiceState.SUSPENDED, 0),
        invoiced=Money(sum(minor for on, minor in invoiced.items() if on >= this_month), currency),
        received=_received(uow, this_month),
        owed=owed,
        overdue=overdue,
        jobs=jobs,
        chart=_chart(invoiced, months, currency),
    )


def _chart(invoiced: Mapping[date, int], months: Sequence[date], currency: str) -> Bars:
    """Invoiced per month, twelve months up to this one; cancelled and refunded invoices left out."""
    sums = dict.fromkeys(months, 0)
    for issued, minor in invoiced.items():
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
    """What came in at gateways and the bank, less their fees and less what was given back.

    The first journal of the month is asked for on its own (and counted, else PostgreSQL looks for it from the oldest
    on), so that the entries of other years are not read.
    """
    first, count = uow.session.execute(
        select(func.min(Journal.id), func.count()).where(Journal.on >= since)
    ).one()
    if not count:
        return Money.zero(_currency(uow))
    minor = uow.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.minor), 0))
        .join(Journal, Journal.id == LedgerEntry.journal_id)
        .where(
            LedgerEntry.account.startswith(cash("")),
            LedgerEntry.currency == _currency(uow),
            LedgerEntry.journal_id >= first,
            Journal.on >= since,
        )
    )
    return Money(int(minor or 0), _currency(uow))


def _owed(uow: UnitOfWork, today: date) -> Sequence[tuple[int, Money]]:
    """All that is owed, and what of it is overdue."""
    late, owed = Invoice.due_on < today, Invoice.total_minor - Invoice.paid_minor
    sums = (func.count(), func.sum(owed), func.sum(case((late, 1))), func.sum(case((late, owed))))
    unpaid = (Invoice.status == InvoiceStatus.UNPAID, Invoice.currency == _currency(uow))
    found = [int(value or 0) for value in uow.session.execute(select(*sums).where(*unpaid)).one()]
    return [(found[at], Money(found[at + 1], _currency(uow))) for at in (0, 2)]


def _states(uow: UnitOfWork) -> tuple[dict[str, int], dict[str, int]]:
    """How many services run or are suspended, and how many jobs are open, by state; one question.

    A count per state, not one by groups: of 100 000 services PostgreSQL counts it in half the time.
    """
    wanted: list[tuple[int, Any, str]]
    wanted = [(0, Service.state, state) for state in (ServiceState.ACTIVE, ServiceState.SUSPENDED)]
    wanted += [(1, Job.state, state) for state in OPEN_STATES]
    rows = uow.session.execute(
        union_all(
            *(
                select(literal(at), literal(str(state)), func.count()).where(column == state)
                for at, column, state in wanted
            )
        )
    )
    found: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for at, state, count in rows:
        if count:
            found[at][state] = int(count)
    return found


def _currency(uow: UnitOfWork) -> str:
    return uow.settings.shop.currency


def _month(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
