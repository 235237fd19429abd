"""What becomes of whole tickets: two made one, one made two, one given to another client. Nothing said is lost."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select, update

from ezcore.accounts.models import Client
from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.support.attachments.models import TicketFile
from ezcore.support.mail.models import ReceivedMail
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import (
    Department,
    Ticket,
    TicketLink,
    TicketMessage,
    TicketState,
    TicketWatcher,
)
from ezcore.support.tickets.operations import MANAGE, Guest, NewTicket, fresh_ticket
from ezcore.support.tickets.rules import clean_subject
from ezcore.work import UnitOfWork


def merge(uow: UnitOfWork, ticket: Ticket, into: str) -> Ticket:
    """Put everything of this ticket into another of the same client; this one is closed and leads there.

    Raises: NotAllowed; InvalidInput at `into` for an unknown, another client's, merged or the same ticket.
    """
    uow.actor.require(MANAGE)
    target = _target(uow, ticket, into.strip())
    for one in sorted((ticket, target), key=lambda each: each.id):
        uow.session.refresh(one, with_for_update=True)
    if ticket.merged_into_id is not None or target.merged_into_id is not None:
        raise InvalidInput("One of the two was merged already", field="into")
    for table in (TicketMessage, TicketFile, ReceivedMail):
        _hand_over(uow, table, ticket, target)
    for link in uow.session.scalars(select(TicketLink).where(TicketLink.ticket_id == ticket.id)).all():
        values = {"ticket_id": target.id, "kind": link.kind, "object_id": link.object_id}
        insert_once(uow.session, TicketLink, values)
        uow.session.delete(link)
    watchers = select(TicketWatcher).where(TicketWatcher.ticket_id == ticket.id)
    for row in uow.session.scalars(watchers).all():
        values = {"ticket_id": target.id, "user_id": row.user_id, "email": row.email}
        insert_once(uow.session, TicketWatcher, values)
        uow.session.delete(row)
    uow.session.execute(
        update(Ticket).where(Ticket.merged_into_id == ticket.id).values(merged_into_id=target.id)
    )
    ticket.merged_into_id, ticket.state, ticket.closed_at = target.id, TicketState.CLOSED, uow.now()
    target.moved_at = max(target.moved_at, ticket.moved_at)
    _note(uow, ticket, "ticket.merge", {"into": target.reference})
    _note(uow, target, "ticket.merge", {"from": ticket.reference})
    return target


def split(uow: UnitOfWork, ticket: Ticket, message_ids: Collection[int], subject: str) -> Ticket:
    """A ticket of its own for these messages, for the same client and department, with their files.

    Raises: NotAllowed; Refused when nothing would stay; InvalidInput naming the field; NotFound for other messages.
    """
    uow.actor.require(MANAGE)
    words = clean_subject(subject)
    uow.session.refresh(ticket, with_for_update=True)
    all_ids = set(
        uow.session.scalars(select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id)).all()
    )
    chosen = set(message_ids)
    if not chosen:
        raise InvalidInput("Choose at least one message", field="messages")
    if not chosen <= all_ids:
        raise NotFound("There is no such message in this ticket")
    if chosen == all_ids:
        raise Refused("at least one message stays in the ticket")
    department = uow.session.scalars(
        select(Department.slug).where(Department.id == ticket.department_id)
    ).one()
    guest = Guest(ticket.guest_name, ticket.guest_email) if ticket.guest_email else None
    begun = NewTicket(ticket.client_id, department, words, "", guest=guest)
    made = fresh_ticket(uow, begun, ticket.department_id)
    made.priority, made.assignee_id, made.state = ticket.priority, ticket.assignee_id, ticket.state
    made.user_id = ticket.user_id
    _hand_over(uow, TicketMessage, ticket, made, TicketMessage.id.in_(chosen))
    _hand_over(uow, TicketFile, ticket, made, TicketFile.message_id.in_(chosen))
    _hand_over(uow, ReceivedMail, ticket, made, ReceivedMail.ticket_message_id.in_(chosen))
    if made.state == TicketState.CLOSED:
        made.state = TicketState.OPEN
    _note(uow, ticket, "ticket.split", {"into": made.reference})
    _note(uow, made, "ticket.split", {"from": ticket.reference})
    return made


def give_to(uow: UnitOfWork, ticket: Ticket, client: Client) -> None:
    """It is another client's, or no guest's any more. What it was about and who got copies is taken off.

    Raises: NotAllowed; Refused for a merged ticket, one of the system, and the client who has it.
    """
    uow.actor.require(MANAGE)
    uow.session.refresh(ticket, with_for_update=True)
    if ticket.merged_into_id is not None or ticket.key is not None:
        raise Refused("this ticket belongs to what it is about and stays with its client")
    if ticket.client_id == client.id:
        raise Refused("this client has the ticket already")
    before = ticket.client_id or ticket.guest_email
    uow.session.execute(delete(TicketLink).where(TicketLink.ticket_id == ticket.id))
    uow.session.execute(
        delete(TicketWatcher).where(TicketWatcher.ticket_id == ticket.id, TicketWatcher.email.is_not(None))
    )
    ticket.client_id, ticket.user_id = client.id, None
    ticket.guest_name, ticket.guest_email = "", None
    audit.record(
        uow, "ticket.give", "ticket", ticket.id, client_id=client.id,
        before={"client": before}, after={"client": client.id},
    )  # fmt: skip


def _target(uow: UnitOfWork, ticket: Ticket, into: str) -> Ticket:
    try:
        target = queries.by_reference(uow, into, ticket.client_id)
    except NotFound as error:
        raise InvalidInput("This client has no such ticket", field="into") from error
    if (target.client_id, target.guest_email) != (ticket.client_id, ticket.guest_email):
        raise InvalidInput("This guest has no such ticket", field="into")
    if target.id == ticket.id:
        raise InvalidInput("This is the ticket itself", field="into")
    return target


def _hand_over(uow: UnitOfWork, table: Any, ticket: Ticket, target: Ticket, *only: Any) -> None:
    uow.session.execute(update(table).where(table.ticket_id == ticket.id, *only).values(ticket_id=target.id))


def _note(uow: UnitOfWork, ticket: Ticket, verb: str, after: dict[str, str]) -> None:
    audit.record(uow, verb, "ticket", ticket.id, client_id=ticket.client_id, after=after)
