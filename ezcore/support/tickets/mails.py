"""Mails of the support desk."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.support.tickets import queries
from ezcore.support.tickets.events import TicketAnswered, TicketEscalated, TicketOpened, TicketReplied
from ezcore.support.tickets.models import AuthorKind, Ticket, TicketMessage
from ezcore.support.tickets.watching import copies, staff_to_tell
from ezcore.work import UnitOfWork


def opened(uow: UnitOfWork, event: TicketOpened, key: str) -> None:
    """To the client: their ticket is here, or we opened one for them. To the department: there is a new one."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    first = queries.conversation(uow, ticket, with_notes=False).messages[0]
    template = "ticket_received" if event.by == AuthorKind.CLIENT else "ticket_opened"
    _to_client(uow, template, ticket, first, key)
    if event.by == AuthorKind.CLIENT:
        _to_staff(uow, "ticket_new", ticket, _values(uow, ticket, first, _desk(ticket)), key)


def answered(uow: UnitOfWork, event: TicketAnswered, key: str) -> None:
    """To the client, and in copy to those who get one: what was answered."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    message = uow.session.get_one(TicketMessage, event.message_id)
    _to_client(uow, "ticket_answered", ticket, message, key)
    values = _values(uow, ticket, message, f"/tickets/{ticket.reference}/")
    del values["link"]  # a reader of copies has no account here
    for address in copies(uow, ticket):
        queue_mail(uow, "ticket_copy", address, values, key=key, client_id=ticket.client_id)


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
        queue_mail(uow, template, reader.email, values | {"name": reader.name or "there"}, key=key)


def _desk(ticket: Ticket) -> str:
    return f"/admin/tickets/{ticket.reference}/"


def _to_client(uow: UnitOfWork, template: str, ticket: Ticket, message: TicketMessage, key: str) -> None:
    client = accounts.client_facts(uow, ticket.client_id)
    values = _values(uow, ticket, message, f"/tickets/{ticket.reference}/") | {"name": client.name}
    queue_mail(uow, template, client.email, values, key=key, client_id=client.id, language=client.language)


def _values(uow: UnitOfWork, ticket: Ticket, message: TicketMessage, path: str) -> dict[str, Value]:
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "message": message.body,
        "link": f"{uow.settings.shop.site_url}{path}",
    }
