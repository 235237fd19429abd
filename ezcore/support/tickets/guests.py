"""People without an account at the desk: they open a ticket, and read and answer it by the link of its mails."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from ezcore.accounts.throttle import hit
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.messaging.rules import check_address, one_line
from ezcore.support.attachments.rules import Upload
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.operations import GUEST, Guest, NewTicket, guest_right
from ezcore.work import UnitOfWork

_PURPOSE: Final = "guest-ticket"
_LENGTH: Final = 32
LONGEST_NAME: Final = 80
PER_DAY: Final = 5
"""Tickets from one address within a day: the page is not to be a way to fill somebody's mailbox."""
DAY: Final = 86_400


def opener(name: str, ip: str | None = None) -> Actor:
    """A visitor who may open a ticket of their own."""
    return Actor("visitor", permissions=frozenset({GUEST}), name=name, ip=ip)


def writer(ticket: Ticket, ip: str | None = None) -> Actor:
    """The guest of this ticket, who may write in it and nowhere else."""
    name = ticket.guest_name or ticket.guest_email or "Guest"
    return Actor("visitor", permissions=frozenset({guest_right(ticket.id)}), name=name, ip=ip)


def checked(name: str, email: str) -> Guest:
    """A guest as they are kept. Raises: InvalidInput at `name` or `email`."""
    known = one_line(name)[:LONGEST_NAME]
    if not known:
        raise InvalidInput("Enter your name", field="name")
    return Guest(known, check_address(email.strip().lower()))


def ask(uow: UnitOfWork, department: str, guest: Guest, subject: str, message: str) -> Ticket:
    """A guest opens a ticket on the page for visitors. The actor is `opener`.

    Emits: TicketOpened. Raises: NotAllowed; InvalidInput naming the field, also for a department without guests.
    """
    if hit(uow, f"contact:{guest.email}", limit=PER_DAY, seconds=DAY):
        raise InvalidInput("There are many messages from this address already", field="email")
    if department not in {one.slug for one in queries.for_guests(uow)}:
        raise InvalidInput("Choose one of those offered", field="department")
    return tickets.open_ticket(uow, NewTicket(None, department, subject, message, guest=guest))


def answer(uow: UnitOfWork, ticket: Ticket, message: str, files: Sequence[Upload] = ()) -> None:
    """The guest writes back. The actor is `writer`. Emits: TicketReplied. Raises: NotAllowed, InvalidInput, Refused."""
    tickets.reply(uow, ticket, message, files)


def link(uow: UnitOfWork, ticket: Ticket) -> str:
    """The address at which its guest reads a ticket."""
    return f"{uow.settings.shop.site_url}/contact/{token(uow, ticket)}/"


def token(uow: UnitOfWork, ticket: Ticket) -> str:
    """What opens the ticket: signed for this guest, so that it ends when the ticket is given to a client."""
    return f"{ticket.reference}.{_mark(uow.box.subkeys(_PURPOSE)[0], ticket)}"


def by_token(uow: UnitOfWork, given: str) -> Ticket:
    """The ticket that a link opens. Raises: NotFound for a link that we did not make, and once it is no guest's."""
    reference, _, mark = given.rpartition(".")
    found = queries.by_reference(uow, reference)
    marks = (_mark(key, found).encode() for key in uow.box.subkeys(_PURPOSE))
    ours = any(hmac.compare_digest(one, mark.encode("utf-8", "replace")) for one in marks)
    if not ours or found.guest_email is None:
        raise NotFound("There is no such ticket")
    return found


def _mark(key: bytes, ticket: Ticket) -> str:
    facts = f"ticket:{ticket.id}:{ticket.guest_email}"
    return hmac.new(key, facts.encode(), sha256).hexdigest()[:_LENGTH]
