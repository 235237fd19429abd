"""Mails of the support desk."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.support.mail import queries as received
from ezcore.support.tickets import guests, queries, threads
from ezcore.support.tickets.events import TicketAnswered, TicketEscalated, TicketOpened, TicketReplied
from ezcore.support.tickets.models import AuthorKind, Ticket, TicketMessage
from ezcore.support.tickets.watching import copies, staff_to_tell
from ezcore.work import UnitOfWork


def opened(uow: UnitOfWork, event: TicketOpened, key: str) -> None:
    """To the client: their ticket is here, or we opened one for them. To the department: there is a new one.

    Nobody is answered whose mail a machine wrote.
    """
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    first = queries.conversation(uow, ticket, with_notes=False).messages[0]
    by_client = event.by == AuthorKind.CLIENT
    if not by_client:
        _to_client(uow, "ticket_opened", ticket, first, key)
    elif not received.is_quiet(uow, first.id):
        # A guest's address may be somebody else's: who typed it must not choose what its owner reads.
        _to_client(uow, "ticket_received" if ticket.client_id else "ticket_guest", ticket, first, key)
    if by_client:
        _to_staff(uow, "ticket_new", ticket, _values(uow, ticket, first, _desk(ticket)), key)


def answered(uow: UnitOfWork, event: TicketAnswered, key: str) -> None:
    """To the client, and in copy to those who get one: what was answered."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    message = uow.session.get_one(TicketMessage, event.message_id)
    _to_client(uow, "ticket_answered", ticket, message, key)
    values = _values(uow, ticket, message, f"/tickets/{ticket.reference}/")
    del values["link"]  # a reader of copies has no account here
    for address in copies(uow, ticket):
        talk = threads.talk(uow, ticket, address)
        queue_mail(uow, "ticket_copy", address, values, key=key, client_id=ticket.client_id, talk=talk)


def replied(uow: UnitOfWork, event: TicketReplied, key: str) -> None:
    """To the staff who have or watch the ticket, or work where nobody has it yet: the client wrote."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    message = uow.session.get_one(TicketMessage, event.message_id)
    _to_staff(uow, "ticket_replied", ticket, _values(uow, ticket, message, _desk(ticket)), key)


def escalated(uow: UnitOfWork, event: TicketEscalated, key: str) -> None:
    """To the same staff: it waits for too long."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    values: dict[str, Value] = {
        "reference": ticket.reference, "subject": ticket.subject, "hours": event.hours,
        "link": f"{uow.settings.shop.site_url}{_desk(ticket)}",
    }  # fmt: skip
    _to_staff(uow, "ticket_waits", ticket, values, key)


def _to_staff(uow: UnitOfWork, template: str, ticket: Ticket, values: dict[str, Value], key: str) -> None:
    for reader in staff_to_tell(uow, ticket):
        known = values | {"name": reader.name or "there"}
        queue_mail(uow, template, reader.email, known, key=key, talk=threads.talk(uow, ticket, reader.email))


def _desk(ticket: Ticket) -> str:
    return f"/admin/tickets/{ticket.reference}/"


def _to_client(uow: UnitOfWork, template: str, ticket: Ticket, message: TicketMessage, key: str) -> None:
    values = _values(uow, ticket, message, f"/tickets/{ticket.reference}/")
    if ticket.client_id is None:
        values |= {"name": ticket.guest_name or "there", "link": guests.link(uow, ticket)}
        address = ticket.guest_email or ""
        queue_mail(uow, template, address, values, key=key, talk=threads.talk(uow, ticket, address))
        return
    client = accounts.client_facts(uow, ticket.client_id)
    queue_mail(
        uow, template, client.email, values | {"name": client.name}, key=key, client_id=client.id,
        language=client.language, talk=threads.talk(uow, ticket, client.email),
    )  # fmt: skip


def _values(uow: UnitOfWork, ticket: Ticket, message: TicketMessage, path: str) -> dict[str, Value]:
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "message": message.body,
        "link": f"{uow.settings.shop.site_url}{path}",
    }
