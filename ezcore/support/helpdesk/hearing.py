"""Writes what was said at the help desk into our ticket, each message once, and follows the state that it has there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ezcore.kernel.actor import Actor
from ezcore.plugin_api.ports.helpdesk import HelpdeskReply, HelpdeskTalk
from ezcore.support.helpdesk import queries
from ezcore.support.helpdesk.models import DeskMessage, DeskTicket
from ezcore.support.helpdesk.rules import desk_state, words_of
from ezcore.support.mail.senders import ALLOWED
from ezcore.support.tickets import guests
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket, TicketState
from ezcore.support.tickets.operations import MANAGE
from ezcore.work import UnitOfWork

_OURS: Final = {
    "open": TicketState.OPEN,
    "on_hold": TicketState.ON_HOLD,
    "closed": TicketState.CLOSED,
}


def hear(uow: UnitOfWork, ticket: Ticket, row: DeskTicket, talk: HelpdeskTalk) -> None:
    """Take over what is new there. Both rows are locked. Emits: TicketAnswered, TicketReplied, TicketClosed."""
    known = queries.known_replies(uow, row.helpdesk, [reply.external_id for reply in talk.replies])
    for reply in talk.replies:
        if reply.external_id not in known:
            known.add(reply.external_id)
            _write(uow, ticket, row, reply)
    if talk.state != row.state:
        _follow(uow, ticket, row, talk)


def _write(uow: UnitOfWork, ticket: Ticket, row: DeskTicket, reply: HelpdeskReply) -> None:
    with _as(uow, _author(ticket, row, reply)):
        writes = tickets.note if reply.internal else tickets.reply
        line = writes(uow, ticket, words_of(reply))
    uow.session.add(DeskMessage(message_id=line.id, helpdesk=row.helpdesk, external_id=reply.external_id))
    uow.session.flush()


def _follow(uow: UnitOfWork, ticket: Ticket, row: DeskTicket, talk: HelpdeskTalk) -> None:
    """The state changed there since both had the same one."""
    row.state = talk.state
    if desk_state(ticket.state) != talk.state:
        with _as(uow, _staff(row, "Staff")):
            tickets.set_status(uow, ticket, _OURS[talk.state])


def _author(ticket: Ticket, row: DeskTicket, reply: HelpdeskReply) -> Actor:
    name = " ".join(reply.author_name.split())[:150]
    if reply.author == "staff" or reply.internal:
        return _staff(row, name or "Staff")
    if ticket.client_id is None:
        return Actor("visitor", permissions=guests.writer(ticket).permissions, name=name or "Guest")
    return Actor("client", client_id=ticket.client_id, permissions=ALLOWED, name=name or "Client")


def _staff(row: DeskTicket, name: str) -> Actor:
    return Actor("staff", permissions=frozenset({MANAGE}), name=f"{name} ({row.helpdesk})")


@contextmanager
def _as(uow: UnitOfWork, author: Actor) -> Iterator[None]:
    before, uow.actor = uow.actor, author
    try:
        yield
    finally:
        uow.actor = before
