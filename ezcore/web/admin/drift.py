"""/admin/drift/: where our books and the vendors differ, and what a person may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.interfaces import IRoutesMapper
from sqlalchemy import func, select

from ezcore.automation.drift import jobs as drift_jobs
from ezcore.automation.drift import operations as drift
from ezcore.automation.drift.models import DriftFinding, DriftRun
from ezcore.automation.drift.sections import SECTIONS
from ezcore.kernel.errors import NotFound
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.paging import paging
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

SETTLED_SHOWN = 20


class Reason(BaseModel):
    """Why a difference is fine as it is; kept in the audit log."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


class Press(BaseModel):
    """Which of the proposals."""

    number: int


@dataclass(frozen=True)
class Button:
    """A proposal as a button: a link to a page that asks, or a number to post."""

    title: str
    href: str | None
    number: int


@page("admin.drift", "/admin/drift/", permission="staff.read", template="admin/drift.pt")
def report(request: Any) -> dict[str, Any]:
    """Open differences by section, the last comparison, and what was settled lately."""
    session = request.uow.session
    found = select(DriftFinding).where(DriftFinding.closed_at.is_(None))
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = paging(request, count)
    rows = session.scalars(found.order_by(DriftFinding.id).limit(pages.limit).offset(pages.offset)).all()
    last = session.scalars(select(DriftRun).order_by(DriftRun.id.desc()).limit(1)).first()
    settled = select(DriftFinding).where(DriftFinding.closed_at.is_not(None))
    return {
        "sections": [
            (section, [(row, _buttons(request, row)) for row in rows if row.section == section.name])
            for section in SECTIONS
        ],
        "count": count,
        "paging": pages,
        "last": last,
        "settled": session.scalars(
            settled.order_by(DriftFinding.closed_at.desc()).limit(SETTLED_SHOWN)
        ).all(),
    }


@page(
    "admin.drift.compare", "/admin/drift/compare/", method="POST", permission="services.manage",
    audit="none: it compares and changes nothing",
)  # fmt: skip
def compare(request: Any) -> Any:
    """Compare now; the report fills as the vendors answer."""
    job = drift_jobs.request(request.uow, f"drift:{int(request.uow.now().timestamp()) // 60}")
    flash(request, "ok", f"Job {job.id} compares; come back in a moment")
    return HTTPSeeOther(request.route_path("admin.drift"))


@page(
    "admin.drift.press", "/admin/drift/{id}/press/", method="POST", permission="services.manage",
    audit="drift.settle",
)  # fmt: skip
def press(request: Any) -> Any:
    """Do what the proposal says."""
    form = read_form(request, Press)
    drift.do_proposal(request.uow, _finding(request), form.checked().number)
    flash(request, "ok", "Done; the next comparison looks whether it helped")
    return HTTPSeeOther(request.route_path("admin.drift"))


@page(
    "admin.drift.aside", "/admin/drift/{id}/aside/", method="POST", permission="services.manage",
    audit="drift.set_aside",
)  # fmt: skip
def set_aside(request: Any) -> Any:
    """It is fine as it is."""
    form = read_form(request, Reason)
    drift.set_aside(request.uow, _finding(request), form.checked().reason)
    flash(request, "ok", "Set aside until it becomes another difference")
    return HTTPSeeOther(request.route_path("admin.drift"))


def _buttons(request: Any, row: DriftFinding) -> list[Button]:
    """The proposals whose pages exist."""
    routes = request.registry.getUtility(IRoutesMapper)
    found = []
    for number, one in enumerate(row.proposals):
        href = None
        if one.get("route"):
            if routes.get_route(one["route"]) is None:
                continue
            href = request.route_path(one["route"], _query=one.get("query") or None, **one["parts"])
        found.append(Button(one["title"], href, number))
    return found


def _finding(request: Any) -> DriftFinding:
    found: DriftFinding | None = request.uow.session.get(DriftFinding, path_id(request))
    if found is None:
        raise NotFound("there is no such finding")
    return found
