"""Files at tickets over HTTP: read from the form, shown as a list, handed out to be saved and never to be shown."""

from __future__ import annotations

from typing import Any, Final

from pyramid.response import Response

from ezcore.support.attachments import operations as attachments
from ezcore.support.attachments import queries
from ezcore.support.attachments.rules import FIELD, Upload, disposition
from ezcore.support.tickets.models import Ticket
from ezcore.web.shared.readable import MAX_UPLOAD

SANDBOX: Final = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"


def uploads(request: Any) -> list[Upload]:
    """The files of the form; a field that was left empty is none. `bad_input` has bounded the whole body."""
    sent = [one for one in request.POST.getall(FIELD) if not isinstance(one, str | bytes)]
    return [Upload(one.filename, one.file.read(MAX_UPLOAD)) for one in sent if one.filename]


def file_facts(request: Any, ticket: Ticket | None = None) -> dict[str, Any]:
    """What the templates need to offer a file field and, for a ticket, to list its files by message."""
    limits = request.settings.support
    most, kinds = limits.attachment_files, ", ".join(limits.kinds)
    return {
        "files": queries.by_message(request.uow, ticket) if ticket is not None else {},
        "file_limit": most,
        "file_accept": ",".join(f".{ending}" for ending in limits.kinds),
        "file_hint": f"Up to {most}, each up to {limits.attachment_mb} MB: {kinds}",
    }


def answer(request: Any, ticket: Ticket, file_id: int, *, staff: bool) -> Response:
    """The file as bytes of no kind, in a sandbox, under its own policy. Raises: NotFound."""
    found = queries.of_ticket(request.uow, ticket, file_id, with_notes=staff)
    response = Response(
        body=attachments.content_of(request.uow, found), content_type="application/octet-stream"
    )
    response.headers["Content-Disposition"] = disposition(found.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control = "private, no-store"
    return response
