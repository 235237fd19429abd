"""What stops a run that looks wrong, before it does harm (H08); staff go past it with a reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from statistics import median
from typing import Final

from sqlalchemy import func, select

from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.db.bulk import among
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.clock import SystemClock
from ezcore.kernel.errors import Refused
from ezcore.settings import Settings
from ezcore.work import UnitOfWork

TRAILING: Final = 30
"""So many runs make what is usual."""


class RunGuard(Refused):
    """This run looks wrong: a wrong date once billed a whole year ahead (DreamHost, 2008: 7.5 M USD)."""


def check_date(settings: Settings, on: date) -> None:
    """Raises: RunGuard for a date further ahead of the wall clock than `ez.billing.run_guard_days`."""
    guard = timedelta(days=settings.billing.run_guard_days)
    if on > SystemClock().today(settings.shop.time_zone) + guard:
        raise RunGuard(f"{on} lies ahead of today: the run guard stops money runs dated in the future")


def check_size(uow: UnitOfWork, task: str, size: int) -> None:
    """Raises: RunGuard when a run would bill far more than the last ones did, and more than the floor."""
    rules = uow.settings.automation
    if size <= rules.guard_floor:
        return
    usual = usual_size(uow, task)
    allowed = max(rules.guard_factor * usual, rules.guard_floor)
    if size > allowed:
        raise RunGuard(
            f"{size} services are due, and {usual} are usual: the run guard stops above {allowed}; look at the"
            " preview, and run it with a reason if it is right"
        )


def usual_size(uow: UnitOfWork, task: str) -> int:
    """The median of what the last runs billed, those left out that had nothing to do."""
    query = (
        select(ScheduledRun.counts)
        .where(ScheduledRun.task == task, ScheduledRun.finished_at.is_not(None))
        .order_by(ScheduledRun.id.desc())
        .limit(TRAILING)
    )
    sizes = [int(counts.get("services", counts.get("done", 0))) for counts in uow.session.scalars(query)]
    busy = [size for size in sizes if size]
    return int(median(busy)) if busy else 0


def check_lines(uow: UnitOfWork, service_ids: Collection[int]) -> None:
    """Raises: RunGuard when one of these services got too many period lines today already."""
    most = uow.settings.automation.guard_lines
    query = (
        select(InvoiceLine.service_id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            among(uow.session, InvoiceLine.service_id, service_ids),
            InvoiceLine.period_key.is_not(None),
            Invoice.issued_on == uow.today(),
        )
        .group_by(InvoiceLine.service_id)
        .having(func.count() >= most)
        .limit(1)
    )
    found = uow.session.scalar(query)
    if found is not None:
        raise RunGuard(
            f"service {found} got {most} lines today already: it is billed no further before tomorrow"
        )
