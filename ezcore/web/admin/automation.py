"""/admin/automation/: scheduled tasks with their runs; a preview that changes nothing; run now."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select, union_all

from ezcore.audit import operations as audit
from ezcore.audit.models import AuditRow
from ezcore.automation.tasks import TASKS, run_task
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.errors import NotFound
from ezcore.web.shared.flash import flash
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

RUNS_SHOWN = 14


@page("admin.automation", "/admin/automation/", permission="staff.read", template="admin/automation.pt")
def tasks(request: Any) -> dict[str, Any]:
    """Tasks in the order of a day, each with its last run."""
    runs = last_runs(request.uow, 1)
    return {"tasks": [(task, next(iter(runs[name]), None)) for name, task in TASKS.items()]}


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
        by_staff = uow.session.scalars(
            select(AuditRow)
            .where(AuditRow.object_kind == "task", AuditRow.object_id == name)
            .order_by(AuditRow.id.desc())
            .limit(RUNS_SHOWN)
        ).all()
    return {"task": TASKS[name], "outcome": outcome, "on": on, "runs": runs, "by_staff": by_staff}


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
    outcome = run_task(request.work, name, on)
    flash(request, "ok", f"{TASKS[name].title}: {len(outcome.lines)} done, {len(outcome.skipped)} skipped")
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
    ids = uow.session.scalars(union_all(*(select(one.c.id) for one in newest))).all()
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
