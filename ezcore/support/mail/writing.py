"""Writes a mail into tickets, under the name of whoever sent it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import func, select

from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput
from ezcore.settings.support import Support
from ezcore.support.attachments import rules as attachments
from ezcore.support.attachments.rules import Upload
from ezcore.support.mail.parsing import Arrived
from ezcore.support.tickets import guests
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Department, Ticket, TicketMessage
from ezcore.support.tickets.operations import Guest, NewTicket
from ezcore.support.tickets.rules import LONGEST_MESSAGE
from ezcore.work import UnitOfWork

ROOM: Final = 2000
"""Characters kept free for what we say below a message."""
MOST_SAID: Final = 10


def post(uow: UnitOfWork, ticket: Ticket, arrived: Arrived, author: Actor) -> int:
    """A message of the author; gives its number. Emits: TicketReplied."""
    files, left = _files(arrived, uow.settings.support)
    with _as(uow, author):
        return tickets.reply(uow, ticket, _body(arrived, left), files).id


def note(uow: UnitOfWork, ticket: Ticket, arrived: Arrived) -> int:
    """A note for staff that says who sent it; gives its number."""
    files, left = _files(arrived, uow.settings.support)
    with _as(uow, Actor("system", name=f"Mail from {arrived.sender}")):
        return tickets.note(uow, ticket, _body(arrived, left), files).id


def open_from(
    uow: UnitOfWork, department: Department, arrived: Arrived, client: Actor | None
) -> tuple[Ticket, int]:
    """A ticket of the client, else of a guest; gives it and the number of its message. Emits: TicketOpened."""
    files, left = _files(arrived, uow.settings.support)
    guest = None if client else Guest(arrived.sender_name or arrived.sender, arrived.sender)
    author = client or guests.opener(arrived.sender_name or arrived.sender)
    new = NewTicket(
        client.client_id if client else None, department.slug, arrived.subject or "(no subject)",
        _body(arrived, left), files=files, guest=guest, by_mail=True,
    )  # fmt: skip
    with _as(uow, author):
        ticket = tickets.open_ticket(uow, new)
    first = select(func.max(TicketMessage.id)).where(TicketMessage.ticket_id == ticket.id)
    return ticket, uow.session.scalars(first).one()


@contextmanager
def _as(uow: UnitOfWork, author: Actor) -> Iterator[None]:
    before, uow.actor = uow.actor, author
    try:
        yield
    finally:
        uow.actor = before


def _files(arrived: Arrived, limits: Support) -> tuple[list[Upload], list[str]]:
    """Those that we take, by the rules for every upload; and in words what is wrong with the others."""
    taken: list[Upload] = []
    left: list[str] = []
    for one in arrived.files:
        if len(taken) >= limits.attachment_files:
            left.append(
                f"{attachments.clean_name(one.name)}: at most {limits.attachment_files} files at a time"
            )
            continue
        try:
            taken += attachments.check([one], limits)
        except InvalidInput as error:
            left.append(error.message)
    return taken, left


def _body(arrived: Arrived, left: list[str]) -> str:
    words = arrived.text.strip() or "(This mail has no words.)"
    if len(words) > LONGEST_MESSAGE - ROOM:
        words = f"{words[: LONGEST_MESSAGE - ROOM]}\n\n(The mail is longer; this is its beginning.)"
    if left:
        said = "\n".join(f"- {one[:150]}" for one in left[:MOST_SAID])
        words += f"\n\n(Files that were not taken:\n{said})"
    return words
