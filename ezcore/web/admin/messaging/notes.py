"""/admin/notes/: what notification rules wrote for staff, and the count that the bell shows."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select

from ezcore.messaging.notices import operations as notices
from ezcore.messaging.notices import queries
from ezcore.messaging.notices.models import StaffNote
from ezcore.web.shared.flash import flash
from ezcore.web.shared.paging import paging
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.views import page


def unread_notes(request: Any) -> int:
    """How many notes this member of staff has not read: the number at the bell."""
    if request.actor.kind != "staff" or request.actor.user_id is None:
        return 0
    declared = getattr(request, "ez_page", None)
    if declared is not None and declared.ambient:
        return queries.unread(request.uow, request.actor.user_id)
    with request.registry["ez.work"].read(request.actor) as uow:
        return queries.unread(uow, request.actor.user_id)


@page("admin.notes", "/admin/notes/", permission="staff.read", template="admin/messaging/notes.pt")
def list_notes(request: Any) -> dict[str, Any]:
    """Notes, newest first; what this reader has not read is marked."""
    session = request.uow.session
    total = session.scalar(select(func.count()).select_from(StaffNote)) or 0
    found = paging(request, total)
    rows = session.execute(queries.notes(request.actor.user_id).offset(found.offset).limit(found.limit)).all()
    return {"notes": [(note, reader is None) for note, reader in rows], "paging": found}


@page(
    "admin.notes.read", "/admin/notes/read/", method="POST", permission="staff.read",
    audit="none: who has read a note is no secret and changes nothing",
)  # fmt: skip
def read(request: Any) -> Any:
    """This reader has read one note, or all of them."""
    wanted = str(request.POST.get("note", ""))
    notices.mark_read(request.uow, request.actor.user_id, [as_id(wanted)] if wanted else None)
    flash(request, "ok", "Marked as read")
    return HTTPSeeOther(request.route_path("admin.notes"))
