"""/admin/audit/: who did what to which object, from where and why."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.languages import say
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters, under
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.views import page

PAGES = {"service": "admin.service", "job": "admin.job", "order": "admin.order"}
_LONGEST = 80
PER_PAGE = 40


@page("admin.audit", "/admin/audit/", permission="staff.read", template="admin/audit.pt")
def trail(request: Any) -> dict[str, Any]:
    """The append-only trail, newest first, by kind of object and by object."""
    zone, counts = request.settings.shop.time_zone, counted(request, AuditRow.object_kind)
    kind, number = request.GET.get("object", ""), request.GET.get("id", "").strip()[:_LONGEST]
    query = select(AuditRow).order_by(AuditRow.id.desc())
    if kind in counts:
        query = query.where(AuditRow.object_kind == kind)
    if number:
        query = query.where(AuditRow.object_id == number)

    def row(found: Any) -> list[Any]:
        (entry,) = found
        return [
            _what(request, entry),
            badge("declined", "Refused") if entry.outcome == "refused" else badge("complete", "Done"),
            escape(say("system") if entry.actor_kind == "system" else entry.actor_name or entry.actor_kind)
            + under(entry.ip),
            moment(entry.at, zone),
            _change(entry) + under(entry.reason),
        ]

    found = listing(
        request,
        query,
        row,
        title="Audit log",
        lead="Append-only; sealed in chained batches (ez audit verify).",
        columns=(
            Column("Change"),
            Column("Outcome", "c-r"),
            Column("Who", "c-wide"),
            Column("When"),
            Column("What and why", "c-wide"),
        ),
        keep=("object", "id"),
        filters=state_filters(request, counts, "object", _kind),
        empty="Nothing was written about this.",
        limit=PER_PAGE,
    )
    found.extra = {"kind": kind if kind in counts else "", "number": number}
    return found.page()


def _what(request: Any, entry: AuditRow) -> Markup:
    """Object and verb; a link where the object has a page by its number."""
    kind, route = say(_kind(entry.object_kind)), PAGES.get(entry.object_kind)
    name = f"{kind} {entry.object_id}"
    if route is not None and entry.object_id.isdecimal():
        return link(request, name, route, entry.verb, id=entry.object_id)
    return escape(name) + under(entry.verb)


def _kind(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _change(entry: AuditRow) -> Markup:
    """Old and new, where there is anything to say."""
    sides = [json.dumps(side, ensure_ascii=False) for side in (entry.before, entry.after) if side]
    return under(" → ".join(sides))
