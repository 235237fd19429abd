"""/admin/tickets/…: merge, split, give to another client, and say what a ticket is about."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from ezcore.support.tickets import links, moving
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.rules import LONGEST_SUBJECT
from ezcore.web.admin.line_forms import client_by
from ezcore.web.admin.ticket_page import done, find
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.views import page


class Merging(BaseModel):
    """The ticket that keeps everything."""

    into: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""


class Splitting(BaseModel):
    """The messages that leave, and what they are about."""

    messages: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list, max_length=200)
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_SUBJECT)] = ""


class Giving(BaseModel):
    """Whose it is."""

    client: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class About(BaseModel):
    """A thing of the client."""

    kind: Annotated[str, StringConstraints(max_length=20)] = ""
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""


@page(
    "admin.ticket.merge", "/admin/tickets/{reference}/merge/", method="POST", permission="support.manage",
    audit="ticket.merge", template="admin/ticket.pt",
)  # fmt: skip
def merge(request: Any) -> Any:
    """Put it into another ticket of the same client."""
    found, form = find(request), read_form(request, Merging)
    return done(request, found, form, lambda typed: moving.merge(request.uow, found, typed.into), "Merged")


@page(
    "admin.ticket.split", "/admin/tickets/{reference}/split/", method="POST", permission="support.manage",
    audit="ticket.split", template="admin/ticket.pt",
)  # fmt: skip
def split(request: Any) -> Any:
    """A ticket of its own for some messages."""
    found, form = find(request), read_form(request, Splitting)
    return done(
        request,
        found,
        form,
        lambda typed: moving.split(request.uow, found, typed.messages, typed.subject),
        "Split",
    )


@page(
    "admin.ticket.give", "/admin/tickets/{reference}/give/", method="POST", permission="support.manage",
    audit="ticket.give", template="admin/ticket.pt",
)  # fmt: skip
def give(request: Any) -> Any:
    """It is another client's."""
    found, form = find(request), read_form(request, Giving)
    return done(
        request,
        found,
        form,
        lambda typed: moving.give_to(request.uow, found, client_by(request.uow, typed.client)),
        "It is theirs now",
    )


@page(
    "admin.ticket.link", "/admin/tickets/{reference}/link/", method="POST", permission="support.manage",
    audit="none: says what a ticket is about", template="admin/ticket.pt",
)  # fmt: skip
def link(request: Any) -> Any:
    """Say that it is about a service, an order or an invoice."""
    found, form = find(request), read_form(request, About)

    def act(typed: About) -> None:
        thing = links.find(request.uow, typed.kind, typed.number, found.client_id)
        tickets.link(request.uow, found, typed.kind, thing)

    return done(request, found, form, act, "Linked")
