"""The table of automation tasks, in the order in which a day runs them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from ezcore.audit import operations as audit
from ezcore.automation import (
    certificates,
    charges,
    domain_names,
    due,
    dunning,
    endings,
    events_poll,
    expiries,
    guards,
    helpdesk,
    late_fees,
    looks,
    old_backup,
    prices,
    quotes,
    reconciliation,
    renewals,
    support_mail,
    tickets,
    unpaid_orders,
    upkeep,
    usage,
    usage_poll,
)
from ezcore.automation.drift import jobs as drift
from ezcore.automation.run import Outcome, Task
from ezcore.jobs.hold import require_no_hold
from ezcore.jobs.schedule import claim_slot, finish_slot, free_slots
from ezcore.kernel.actor import SYSTEM, Actor
from ezcore.work import Work

log = logging.getLogger(__name__)

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("cancellations", "End services whose last day has come", endings.cancel, time(0, 5)),
        Task("prices", "Move running services to new prices", prices.run, time(0, 7)),
        Task("usage", "Invoice what was used", usage.run, time(0, 8)),
        Task("renewals", "Invoice the next period", renewals.run, time(0, 10), size=due.count),
        Task("billable", "Invoice billable items whose day has come", quotes.bill_items, time(0, 15)),
        Task("charges", "Charge stored payment methods", charges.run, time(0, 20)),
        Task("quotes", "Let unanswered quotes expire", quotes.expire, time(0, 25)),
        Task("unpaid_orders", "Cancel orders that nobody paid", unpaid_orders.run, time(4, 0)),
        Task("late_fees", "Charge late fees", late_fees.run, time(7, 0)),
        Task("reminders", "Remind of overdue invoices", dunning.remind, time(8, 0)),
        Task("suspensions", "Suspend for overdue invoices", dunning.suspend, time(9, 0)),
        Task("terminations", "Terminate after grace", endings.terminate, time(9, 30)),
        Task("reconcile", "Ask gateways about pending checkouts", reconciliation.run, every_minute=True),
        Task("events", "Ask gateways for events that never came", events_poll.run, every_minute=True),
        Task("looks", "Look at running services by turns", looks.run, every_minute=True),
        Task("usage_poll", "Read what services used", usage_poll.run, every_minute=True),
        Task("domain_sync", "Compare domain names with their registrars", domain_names.compare, time(2, 0)),
        Task("domain_prices", "Compare what endings cost", domain_names.compare_prices, time(3, 30)),
        Task("domain_keep", "Renew what is paid; grace, redemption, restores", domain_names.keep, time(6, 0)),
        Task("domain_reminders", "Tell of names that expire", domain_names.remind, time(8, 20)),
        Task("domain_poll", "Read the registries' messages", domain_names.poll, every_minute=True),
        Task("expiries", "Tell of cards that expire soon", expiries.run, time(8, 10)),
        Task("certificates", "Renew certificates whose time has come", certificates.renew, time(2, 30)),
        Task(
            "certificates_watch",
            "Tell of certificates that could not be renewed",
            certificates.watch,
            time(8, 20),
        ),
        Task("support_mail", "Read the mailboxes of the support desk", support_mail.run, every_minute=True),
        Task("helpdesk", "Look for changes at the help desk", helpdesk.run, every_minute=True),
        Task("tickets_close", "Close tickets whose client is silent", tickets.close, time(10, 0)),
        Task("tickets_escalate", "Raise tickets that wait for us", tickets.escalate, every_minute=True),
        Task("drift", "Compare our books with the vendors", drift.run, time(5, 0)),
        Task("seal", "Seal the audit trail", upkeep.seal, every_minute=True, waits=False),
        Task("tidy", "Throw away what has served", upkeep.tidy, time(3, 0)),
    )
}


def add_task(task: Task) -> None:
    """A task of a floor above this one; the composition adds it."""
    TASKS[task.name] = task


def run_task(
    work: Work, name: str, on: date, *, preview: bool = False, override: str = "", actor: Actor = SYSTEM
) -> Outcome:
    """Run one task now for a business date. `override` is a reason to go past the run guard; it is kept in the trail.

    Raises: RunGuard for a date ahead of the wall clock, or a size far above the usual (H08); OnHold while an old backup
    is suspected (I45); KeyError for an unknown task.
    """
    task = TASKS[name]
    if not preview:
        _guard(work, task, on, override, actor)
    return task.function(work, on, preview)


def _guard(work: Work, task: Task, on: date, override: str, actor: Actor) -> None:
    with work.read() as uow:
        if task.waits:
            require_no_hold(uow)
        try:
            if not work.virtual_time:
                guards.check_date(uow.settings, on)
            if task.size is not None:
                guards.check_size(uow, task.name, task.size(uow, on))
        except guards.RunGuard as refusal:
            if not override.strip():
                raise
            refused = refusal.message
        else:
            return
    with work.write(actor) as uow:
        uow.actor.require("settings.manage")
        after = {"on": on.isoformat(), "guard": refused}
        audit.record(uow, "automation.override", "task", task.name, after=after, reason=override)


def tick(work: Work, without: Collection[str] = ()) -> None:
    """Run whatever is due by now; harmless when several schedulers tick at once, a missed day is made up today.

    While an old backup is suspected only the audit trail is sealed. Tasks `without` are left to another time.
    """
    goes_on = old_backup.watch(work)
    with work.read() as uow:
        now, today = uow.now(), uow.today()
        slots = _slots(work, now, today, goes_on=goes_on)
        free = free_slots(uow, {name: slot for name, slot in slots.items() if name not in without})
    if not free:
        return
    with work.write() as uow:
        slots = _slots(work, now, today, goes_on=goes_on)
        claimed = {name: claim_slot(uow, name, slots[name]) for name in free}
    runs = {run_id: _attempt(work, name, today) for name, run_id in claimed.items() if run_id is not None}
    with work.write() as uow:
        for run_id, (outcome, error) in runs.items():
            finish_slot(uow, run_id, outcome.counts(), error)


def _slots(work: Work, now: datetime, today: date, *, goes_on: bool) -> dict[str, str]:
    """Which slot of each task has come: its minute, or its day once its time of day is over and within its window."""
    local = now.astimezone(ZoneInfo(work.settings.shop.time_zone)).time()
    minute = now.strftime("%Y-%m-%dT%H:%M")
    rules = work.settings.automation
    slots = {}
    for name, task in TASKS.items():
        window = rules.window(name)
        inside = window is None or window[0] <= local < window[1]
        come = task.every_minute or local >= rules.at(name, task.at)
        if inside and come and (goes_on or not task.waits):
            slots[name] = minute if task.every_minute else today.isoformat()
    return slots


def _attempt(work: Work, name: str, on: date) -> tuple[Outcome, str | None]:
    try:
        return run_task(work, name, on), None
    except Exception as failure:
        # One task that breaks must not keep the others from running; its row and the log say what happened.
        log.exception("task %s failed", name)
        return Outcome(), f"{type(failure).__name__}: {failure}"
