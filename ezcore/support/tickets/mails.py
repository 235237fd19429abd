"""Mails of the support desk."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.accounts.models import User
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.support.tickets import queries
from ezcore.support.tickets.events import TicketAnswered, TicketOpened, TicketReplied
from ezcore.support.tickets.models import AuthorKind, Ticket, TicketMessage
from ezcore.work import UnitOfWork


def opened(uow: UnitOfWork, event: TicketOpened, key: str) -> None:
    """To the client: their ticket is here, or we opened one for them."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    first = queries.conversation(uow, ticket, with_notes=False).messages[0]
    template = "ticket_received" if event.by == AuthorKind.CLIENT else "ticket_opened"
    _to_client(uow, template, ticket, first, key)


def answered(uow: UnitOfWork, event: TicketAnswered, key: str) -> None:
    """To the client: what was answered."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    _to_client(uow, "ticket_answered", ticket, uow.session.get_one(TicketMessage, event.message_id), key)


def replied(uow: UnitOfWork, event: TicketReplied, key: str) -> None:
    """To the member of staff who has the ticket: the client wrote."""
    ticket = uow.session.get_one(Ticket, event.ticket_id)
    if ticket.assignee_id is None:
        return
    reader = uow.session.get_one(User, ticket.assignee_id)
    message = uow.session.get_one(TicketMessage, event.message_id)
    values = _values(uow, ticket, message, f"/admin/tickets/{ticket.reference}/")
    queue_mail(uow, "ticket_replied", reader.email, values | {"name": reader.name or "there"}, key=key)


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
