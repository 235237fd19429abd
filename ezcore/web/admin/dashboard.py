"""/admin/: what is broken, grouped by cause; how business is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.automation.tasks import TASKS
from ezcore.jobs.models import ScheduledRun, StaffTask
from ezcore.orders.orders.models import Order
from ezcore.reports.books import CHECK
from ezcore.reports.health import State, look
from ezcore.reports.setup import columns, ready
from ezcore.web.admin import figures, health
from ezcore.web.admin.automation import last_runs
from ezcore.web.admin.job_words import causes
from ezcore.web.admin.setup_steps import steps
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

SHOWN = 6
RUNS = 8


@page("admin", "/admin/", permission="staff.read", template="admin/dashboard.pt")
def dashboard(request: Any) -> dict[str, Any]:
    """The first page of staff."""
    uow = request.uow
    last = last_runs(uow, 1)
    runs, books = _by_weight(last), next(iter(last.get(CHECK.name, ())), None)
    business, seen = figures.figures(uow), look(uow, tables=False, also=columns(uow))
    return {
        "tasks": _questions(uow),
        "causes": causes(uow),
        "setup": steps(request, ready(seen.also), workers=bool(seen.workers)),
        "worker_silent": not seen.workers,
        "plugins": [r for r in request.host_of_plugins.reports if str(r.state) in ("broken", "suspended")],
        "books": books,
        "broken": _broken(books),
        "ill": [one for one in health.told(request, seen) if one.state == State.BAD],
        "figures": business,
        "chart": business.chart,
        "runs": runs[:RUNS],
        "more_runs": len(runs) - RUNS,
        "orders": _latest_orders(uow),
    }


def _broken(books: ScheduledRun | None) -> list[str]:
    """What the last look at the books found, or why it found nothing."""
    if books is None:
        return []
    return [books.error] if books.error else books.counts.get("left_out", [])


def _by_weight(last: Mapping[str, list[ScheduledRun]]) -> list[Any]:
    """Each task of the day with its last run: what failed first, then what has not run, then what did most."""
    found = [(task, next(iter(last[name]), None)) for name, task in TASKS.items() if not task.every_minute]

    def weight(one: Any) -> tuple[bool, bool, int]:
        run = one[1]
        return run is None or not run.error, run is not None, -(run.counts.get("done", 0) if run else 0)

    return sorted(found, key=weight)


def _questions(uow: UnitOfWork) -> Any:
    query = select(StaffTask).where(StaffTask.closed_at.is_(None)).order_by(StaffTask.id.desc())
    return uow.session.scalars(query.limit(SHOWN)).all()


def _latest_orders(uow: UnitOfWork) -> Any:
    query = select(Order, Client.name).join(Client, Client.id == Order.client_id).order_by(Order.id.desc())
    return uow.session.execute(query.limit(SHOWN)).all()
