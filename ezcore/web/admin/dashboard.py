"""/admin/: what is broken, grouped by cause; how business is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.jobs.models import Job, JobState, StaffTask, WorkerProcess
from ezcore.kernel.money import Money
from ezcore.reports.invariants import broken_invariants
from ezcore.services.services.models import Service, ServiceState
from ezcore.web.admin.chart import Bars, bars
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

SILENT = timedelta(minutes=1)


@page("admin", "/admin/", permission="staff.read", template="admin/dashboard.pt")
def dashboard(request: Any) -> dict[str, Any]:
    """The first page of staff."""
    uow = request.uow
    return {
        "tasks": uow.session.scalars(
            select(StaffTask).where(StaffTask.closed_at.is_(None)).order_by(StaffTask.id.desc()).limit(10)
        ).all(),
        "causes": causes(uow),
        "worker_silent": _worker_silent(uow),
        "plugins": [r for r in request.host_of_plugins.reports if str(r.state) in ("broken", "suspended")],
        "broken": broken_invariants(uow),
        "figures": _figures(uow),
        "chart": revenue_chart(uow),
    }


def causes(uow: UnitOfWork) -> list[tuple[str, str, int]]:
    """(state, cause, how many) of jobs that wait for somebody or keep failing."""
    rows = uow.session.execute(
        select(Job.state, Job.cause, func.count())
        .where(
            Job.state.in_((JobState.FAILED, JobState.NEEDS_INFO))
            | ((Job.state == JobState.QUEUED) & (Job.failures > 0))
        )
        .group_by(Job.state, Job.cause)
        .order_by(func.count().desc())
        .limit(10)
    )
    return [(str(state), cause or "no cause given", int(count)) for state, cause, count in rows]


def revenue_chart(uow: UnitOfWork) -> Bars:
    """Invoiced per month in the shop's currency, twelve months up to this one."""
    today, currency = uow.today(), uow.settings.shop.currency
    months = [_month(today, back) for back in range(11, -1, -1)]
    rows = uow.session.execute(
        select(Invoice.issued_on, Invoice.total_minor).where(
            Invoice.currency == currency,
            Invoice.issued_on >= months[0],
            Invoice.status.in_((InvoiceStatus.PAID, InvoiceStatus.UNPAID)),
        )
    )
    sums = dict.fromkeys(months, 0)
    for issued, minor in rows:
        if issued is not None:
            sums[issued.replace(day=1)] += minor
    return bars([(f"{month:%b %Y}", Money(minor, currency)) for month, minor in sums.items()])


def _month(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _figures(uow: UnitOfWork) -> dict[str, Any]:
    currency, today = uow.settings.shop.currency, uow.today()
    open_sum = func.coalesce(func.sum(Invoice.total_minor - Invoice.paid_minor), 0)
    unpaid = (Invoice.status == InvoiceStatus.UNPAID) & (Invoice.currency == currency)

    def owed(*more: Any) -> Money:
        return Money(int(uow.session.scalar(select(open_sum).where(unpaid, *more)) or 0), currency)

    active = select(func.count()).select_from(Service).where(Service.state == ServiceState.ACTIVE)
    waiting = select(func.count()).select_from(Job).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    return {
        "active": uow.session.scalar(active),
        "jobs": uow.session.scalar(waiting),
        "unpaid": owed(),
        "overdue": owed(Invoice.due_on < today),
    }


def _worker_silent(uow: UnitOfWork) -> bool:
    seen = uow.session.scalar(select(func.max(WorkerProcess.seen_at)))
    return seen is None or seen < uow.database_now() - SILENT
