"""/admin/automation/: tasks with their runs; run now; previews that are approved; the hold of an old backup."""

from __future__ import annotations

from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select, union_all

from ezcore.audit import operations as audit
from ezcore.audit.models import AuditRow
from ezcore.automation import preview as previews
from ezcore.automation.old_backup import accept
from ezcore.automation.tasks import TASKS, run_task
from ezcore.jobs.hold import held, resume
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.errors import NotFound
from ezcore.kernel.money import Money
from ezcore.languages import many
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

RUNS_SHOWN = 14
ITEMS_SHOWN = 500
KEPT_SHOWN = 5


@page("admin.automation", "/admin/automation/", permission="staff.read", template="admin/automation.pt")
def tasks(request: Any) -> dict[str, Any]:
    """Tasks in the order of a day, each with its last run; above them what is held, if anything is."""
    runs = last_runs(request.uow, 1)
    rules = request.settings.automation
    return {
        "tasks": [
            (task, next(iter(runs[name]), None), rules.at(name, task.at)) for name, task in TASKS.items()
        ],
        "hold": held(request.uow),
    }


@page(
    "admin.hold.resume", "/admin/automation/resume/", method="POST", permission="settings.manage",
    audit="installation.resume", ambient=False,
)  # fmt: skip
def go_on(request: Any) -> Any:
    """A person looked, and money and machine actions go on."""
    with request.work.write(request.actor) as uow:
        resume(uow, str(request.POST.get("reason", "")))
    accept(request.work)
    flash(request, "ok", "Money and machine actions go on")
    return HTTPSeeOther(request.route_path("admin.automation"))


@page(
    "admin.preview.make", "/admin/automation/previews/", method="POST", permission="settings.manage",
    audit="automation.preview",
)  # fmt: skip
def make_preview(request: Any) -> Any:
    """Keep the list of what a billing run would do today, so that it can be approved as it is."""
    row = previews.store(request.uow, request.uow.today())
    return HTTPSeeOther(request.route_path("admin.preview", id=row.id))


@page(
    "admin.preview", "/admin/automation/previews/{id}/", permission="staff.read", template="admin/preview.pt"
)
def show_preview(request: Any) -> dict[str, Any]:
    """The list with its totals; after approval, what became of it."""
    row = previews.by_id(request.uow, path_id(request))
    shown = [
        {
            **item,
            "money": Money(item["total"], item["currency"]),
            "due": date.fromisoformat(item["due_on"]),
        }
        for item in row.items[:ITEMS_SHOWN]
    ]
    totals = [Money(minor, currency) for currency, minor in row.totals.items()]
    how_many = many(len(row.items), "${n} invoice", "${n} invoices")
    return {
        "row": row,
        "items": shown,
        "totals": totals,
        "how_many": how_many,
        "more": len(row.items) - len(shown),
    }


@page(
    "admin.preview.approve", "/admin/automation/previews/{id}/approve/", method="POST",
    permission="settings.manage", audit="automation.approve", ambient=False,
)  # fmt: skip
def approve(request: Any) -> Any:
    """Execute exactly that list, once."""
    reason = str(request.POST.get("reason", ""))
    row = previews.approve(request.work, request.actor, path_id(request), reason)
    done, left = row.result.get("done", 0), row.result.get("skipped", 0) + row.result.get("failed", 0)
    flash(request, "ok", f"{done} invoices are issued, {left} were left out")
    return HTTPSeeOther(request.route_path("admin.preview", id=row.id))


@page(
    "admin.task",
    "/admin/automation/{task}/",
    permission="staff.read",
    template="admin/task.pt",
    ambient=False,
)
def preview(request: Any) -> dict[str, Any]:
    """What a run would do now, and what the last ones did."""
    name = _task(request)
    on = request.work.clock.today(request.settings.shop.time_zone)
    outcome = run_task(request.work, name, on, preview=True)
    with request.work.read(request.actor) as uow:
        runs = last_runs(uow, RUNS_SHOWN)[name]
        kept = previews.newest(uow, KEPT_SHOWN) if name == previews.TASK else ()
        by_staff = uow.session.scalars(
            select(AuditRow)
            .where(AuditRow.object_kind == "task", AuditRow.object_id == name)
            .order_by(AuditRow.id.desc())
            .limit(RUNS_SHOWN)
        ).all()
    totals = [Money(minor, currency) for currency, minor in sorted(outcome.totals.items())]
    return {
        "task": TASKS[name],
        "at": request.settings.automation.at(name, TASKS[name].at),
        "window": request.settings.automation.window(name),
        "outcome": outcome,
        "totals": totals,
        "on": on,
        "runs": runs,
        "by_staff": by_staff,
        "kept": kept,
    }


@page(
    "admin.task",
    "/admin/automation/{task}/",
    method="POST",
    permission="settings.manage",
    audit="automation.run",
    ambient=False,
)
def run_now(request: Any) -> Any:
    """Run it now, for today. The trail says who asked; every record the run changes has its own row."""
    name = _task(request)
    on = request.work.clock.today(request.settings.shop.time_zone)
    with request.work.write(request.actor) as uow:
        audit.record(uow, "automation.run", "task", name, after={"on": on.isoformat()})
    override = str(request.POST.get("reason", ""))
    outcome = run_task(request.work, name, on, override=override, actor=request.actor)
    left_out = len(outcome.skipped) + len(outcome.failed)
    flash(request, "ok", f"{TASKS[name].title}: {outcome.done} done, {left_out} left out")
    return HTTPSeeOther(request.route_path("admin.task", task=name))


def last_runs(uow: UnitOfWork, shown: int) -> dict[str, list[ScheduledRun]]:
    """The last runs of every task, newest first. Slots are dates and minutes, so their order is that of time."""
    newest = [
        select(ScheduledRun.id)
        .where(ScheduledRun.task == name)
        .order_by(ScheduledRun.slot.desc())
        .limit(shown)
        .subquery()
        for name in TASKS
    ]
    ids = union_all(*(select(one.c.id) for one in newest))
    runs: dict[str, list[ScheduledRun]] = {name: [] for name in TASKS}
    query = select(ScheduledRun).where(ScheduledRun.id.in_(ids)).order_by(ScheduledRun.slot.desc())
    for run in uow.session.scalars(query):
        runs[run.task].append(run)
    return runs


def _task(request: Any) -> str:
    name: str = request.matchdict["task"]
    if name not in TASKS:
        raise NotFound("there is no such task")
    return name
