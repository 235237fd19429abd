"""Reads of what a help desk has of our tickets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.plugin_api.ports.helpdesk import HelpdeskMessage, HelpdeskTicket
from ezcore.support.attachments.models import TicketFile
from ezcore.support.helpdesk.models import DeskMessage, DeskTicket
from ezcore.support.helpdesk.rules import desk_state, key_of
from ezcore.support.tickets.models import Department, Ticket, TicketMessage
from ezcore.work import UnitOfWork


def at_desk(uow: UnitOfWork, ticket_id: int) -> DeskTicket | None:
    """What the help desk has of a ticket."""
    return uow.session.get(DeskTicket, ticket_id)


def by_external(uow: UnitOfWork, helpdesk: str, external_ids: Sequence[str]) -> Sequence[int]:
    """Our tickets among those of a help desk."""
    ours = DeskTicket.helpdesk == helpdesk, DeskTicket.external_id.in_(external_ids)
    return uow.session.scalars(select(DeskTicket.ticket_id).where(*ours).order_by(DeskTicket.ticket_id)).all()


def untold(uow: UnitOfWork, ticket_id: int) -> Sequence[TicketMessage]:
    """Messages that only we have, oldest first."""
    told = select(DeskMessage.id).where(DeskMessage.message_id == TicketMessage.id).exists()
    query = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id, ~told)
    return uow.session.scalars(query.order_by(TicketMessage.id)).all()


def differs(uow: UnitOfWork, ticket_id: int) -> bool:
    """Is there anything to tell: a message, or another state?"""
    row, ticket = uow.session.get_one(DeskTicket, ticket_id), uow.session.get_one(Ticket, ticket_id)
    return row.external_id is None or desk_state(ticket.state) != row.state or bool(untold(uow, ticket_id))


def known_replies(uow: UnitOfWork, helpdesk: str, external_ids: Sequence[str]) -> set[str]:
    """Those of these messages of a help desk that we have."""
    ours = DeskMessage.helpdesk == helpdesk, DeskMessage.external_id.in_(external_ids)
    return {one for one in uow.session.scalars(select(DeskMessage.external_id).where(*ours)) if one}


def ticket_facts(uow: UnitOfWork, ticket: Ticket) -> HelpdeskTicket:
    """A ticket as a help desk is told of it."""
    department = uow.session.get_one(Department, ticket.department_id)
    name, email = ticket.guest_name, ticket.guest_email or ""
    if ticket.client_id is not None:
        client = accounts.client_facts(uow, ticket.client_id)
        name, email = client.name, client.email
    return HelpdeskTicket(
        reference=ticket.reference,
        subject=ticket.subject,
        customer_name=name or email,
        customer_email=email,
        department=department.name,
        priority=ticket.priority,
        address=f"{uow.settings.shop.site_url}/admin/tickets/{ticket.reference}/",
    )


def message_facts(uow: UnitOfWork, message: TicketMessage) -> HelpdeskMessage:
    """A message as a help desk is told of it; its files stay here and are named."""
    files = select(TicketFile.name).where(TicketFile.message_id == message.id).order_by(TicketFile.id)
    names = "\n".join(f"- {name}" for name in uow.session.scalars(files))
    return HelpdeskMessage(
        key=key_of(message.id),
        author=message.author_kind,
        author_name=message.author_name,
        body=f"{message.body}\n\n(Files, in our ticket:\n{names})" if names else message.body,
        internal=message.internal,
        at=message.at,
    )
