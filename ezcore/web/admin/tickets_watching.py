"""/admin/tickets/…: say that one answers, watch, and who gets copies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from ezcore.support.tickets import watching
from ezcore.web.admin.ticket_page import back, done, find
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.views import page


class Copy(BaseModel):
    """An address outside."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] = ""


@page(
    "admin.ticket.claim", "/admin/tickets/{reference}/claim/", method="POST", permission="support.manage",
    audit="none: lapses by itself",
)  # fmt: skip
def claim(request: Any) -> Any:
    """Say that one is answering; the others see it."""
    found = find(request)
    watching.claim(request.uow, found)
    return back(request, found, "The others see that you are answering")


@page(
    "admin.ticket.watch", "/admin/tickets/{reference}/watch/", method="POST", permission="support.manage",
    audit="none: concerns the reader only",
)  # fmt: skip
def watch(request: Any) -> Any:
    """Be told when the client writes."""
    found = find(request)
    watching.watch(request.uow, found)
    return back(request, found, "You are told when the client writes")


@page(
    "admin.ticket.unwatch", "/admin/tickets/{reference}/unwatch/", method="POST", permission="support.manage",
    audit="none: concerns the reader only",
)  # fmt: skip
def unwatch(request: Any) -> Any:
    """Be told no more."""
    found = find(request)
    watching.unwatch(request.uow, found)
    return back(request, found, "You are told no more")


@page(
    "admin.ticket.copy", "/admin/tickets/{reference}/copy/", method="POST", permission="support.manage",
    audit="ticket.copy", template="admin/ticket.pt",
)  # fmt: skip
def copy(request: Any) -> Any:
    """Send copies of answers to an address."""
    found, form = find(request), read_form(request, Copy)
    return done(
        request, found, form, lambda typed: watching.add_copy(request.uow, found, typed.email), "Added"
    )


@page(
    "admin.ticket.copy.drop", "/admin/tickets/{reference}/copy/drop/", method="POST",
    permission="support.manage", audit="ticket.copy", template="admin/ticket.pt",
)  # fmt: skip
def drop(request: Any) -> Any:
    """Send none to it any more."""
    found, form = find(request), read_form(request, Copy)
    return done(
        request, found, form, lambda typed: watching.drop_copy(request.uow, found, typed.email), "Removed"
    )
