"""/admin/automation/: scheduled tasks with their runs; a preview that changes nothing; run now."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.automation.tasks import TASKS, run_task
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.errors import NotFound
from ezcore.web.shared.flash import flash
from ezcore.web.shared.views import page


@page("admin.automation", "/admin/automation/", permission="staff.read", template="admin/automation.pt")
def tasks(request: Any) -> dict[str, Any]:
    """Tasks in the order of a day, each with its last runs."""
    runs: dict[str, list[ScheduledRun]] = {name: [] for name in TASKS}
    query = select(ScheduledRun).where(ScheduledRun.task.in_(list(TASKS))).order_by(ScheduledRun.id.desc())
    for run in request.uow.session.scalars(query.limit(400)):
        runs[run.task].append(run)
    return {"tasks": [(task, runs[name][:30]) for name, task in TASKS.items()]}


@page(
    "admin.task",
    "/admin/automation/{task}/",
    permission="staff.read",
    template="admin/task.pt",
    ambient=False,
)
def preview(request: Any) -> dict[str, Any]:
    """What a run would do now."""
    task = _task(request)
    on = request.work.clock.today(request.settings.shop.time_zone)
    return {"task": TASKS[task], "outcome": run_task(request.work, task, on, preview=True), "on": on}


@page(
    "admin.task",
    "/admin/automation/{task}/",
    method="POST",
    permission="settings.manage",
    audit="none: every record the run changes has its own row",
    ambient=False,
)
def run_now(request: Any) -> Any:
    """Run it now, for today."""
    task = _task(request)
    on = request.work.clock.today(request.settings.shop.time_zone)
    outcome = run_task(request.work, task, on)
    flash(request, "ok", f"{TASKS[task].title}: {len(outcome.lines)} done, {len(outcome.skipped)} skipped")
    return HTTPSeeOther(request.route_path("admin.automation"))


def _task(request: Any) -> str:
    name: str = request.matchdict["task"]
    if name not in TASKS:
        raise NotFound("there is no such task")
    return name
