"""/admin/audit/: who did what to which object, from where and why."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.web.admin.tables import Column, counted, listing, state_filters
from ezcore.web.shared.markup import moment
from ezcore.web.shared.views import page


@page("admin.audit", "/admin/audit/", permission="staff.read", template="admin/list.pt")
def trail(request: Any) -> dict[str, Any]:
    """The append-only trail, newest first, by kind of object."""
    zone, counts = request.settings.shop.time_zone, counted(request, AuditRow.object_kind)
    query = select(AuditRow).order_by(AuditRow.id.desc())
    if request.GET.get("object") in counts:
        query = query.where(AuditRow.object_kind == request.GET["object"])

    def row(found: Any) -> list[Any]:
        (entry,) = found
        change = json.dumps(entry.after, ensure_ascii=False) if entry.after else ""
        return [
            f"{entry.object_kind} {entry.object_id}: {entry.verb}",
            "refused" if entry.outcome == "refused" else "done",
            entry.actor_name or entry.actor_kind,
            moment(entry.at, zone),
            f"{change} {entry.reason or ''}".strip(),
        ]

    return listing(
        request,
        query,
        row,
        title="Audit log",
        lead="Append-only; sealed in chained batches (ez audit verify).",
        columns=(
            Column("Change"),
            Column("Outcome"),
            Column("Who", "c-hide"),
            Column("When", "c-hide"),
            Column("What and why", "c-hide"),
        ),
        keep=("object",),
        filters=state_filters(request, counts, "object", lambda s: s.replace("_", " ").capitalize()),
    ).page()
