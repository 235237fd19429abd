"""The table of automation tasks, in the order in which a day runs them."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ezcore.automation import charges, dunning, endings, reconciliation, renewals, upkeep
from ezcore.automation.run import Outcome, Task
from ezcore.jobs.schedule import claim_slot, finish_slot, free_slots
from ezcore.kernel.clock import SystemClock
from ezcore.kernel.errors import Refused
from ezcore.work import Work

log = logging.getLogger(__name__)

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("cancellations", "End services whose last day has come", endings.cancel, time(0, 5)),
        Task("renewals", "Invoice the next period", renewals.run, time(0, 10)),
        Task("charges", "Charge stored payment methods", charges.run, time(0, 20)),
        Task("reminders", "Remind of overdue invoices", dunning.remind, time(8, 0)),
        Task("suspensions", "Suspend for overdue invoices", dunning.suspend, time(9, 0)),
        Task("terminations", "Terminate after grace", endings.terminate, time(9, 30)),
        Task("reconcile", "Ask gateways about pending checkouts", reconciliation.run, every_minute=True),
        Task("seal", "Seal the audit trail", upkeep.seal, every_minute=True),
        Task("tidy", "Throw away what has served", upkeep.tidy, time(3, 0)),
    )
}


def run_task(work: Work, name: str, on: date, *, preview: bool = False) -> Outcome:
    """Run one task now for a business date.

    Raises: Refused when the date lies further ahead of the wall clock than the run guard allows (H08: a wrong date
    once billed a year ahead); KeyError for an unknown task.
    """
    task = TASKS[name]
    if not preview and not work.virtual_time:
        guard = timedelta(days=work.settings.billing.run_guard_days)
        if on > SystemClock().today(work.settings.shop.time_zone) + guard:
            raise Refused(f"{on} lies ahead of today: the run guard stops money runs dated in the future")
    return task.function(work, on, preview)


def tick(work: Work) -> None:
    """Run whatever is due by now; harmless when several schedulers tick at once, a missed day is made up today."""
    with work.read() as uow:
        now, today = uow.now(), uow.today()
        free = free_slots(uow, _slots(work, now, today))
    if not free:
        return
    with work.write() as uow:
        slots = _slots(work, now, today)
        claimed = {name: claim_slot(uow, name, slots[name]) for name in free}
    runs = {run_id: _attempt(work, name, today) for name, run_id in claimed.items() if run_id is not None}
    with work.write() as uow:
        for run_id, (outcome, error) in runs.items():
            finish_slot(uow, run_id, outcome.counts(), error)


def _slots(work: Work, now: datetime, today: date) -> dict[str, str]:
    """Which slot of each task has come: its minute, or its day once its time of day is over."""
    local = now.astimezone(ZoneInfo(work.settings.shop.time_zone)).time()
    minute = now.strftime("%Y-%m-%dT%H:%M")
    return {
        name: minute if task.every_minute else today.isoformat()
        for name, task in TASKS.items()
        if task.every_minute or local >= task.at
    }


def _attempt(work: Work, name: str, on: date) -> tuple[Outcome, str | None]:
    try:
        return run_task(work, name, on), None
    except Exception as failure:
        # One task that breaks must not keep the others from running; its row and the log say what happened.
        log.exception("task %s failed", name)
        return Outcome(), f"{type(failure).__name__}: {failure}"
