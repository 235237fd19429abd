"""Who is told of a ticket beside its client, and who is answering it right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, select

from ezcore.accounts.models import User
from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.messaging.rules import check_address
from ezcore.support.tickets.models import DepartmentMember, Ticket, TicketMessage, TicketWatcher
from ezcore.work import UnitOfWork

MANAGE: Final = "support.manage"
ANSWERING: Final = timedelta(minutes=15)
"""So long somebody who said so counts as answering."""
MOST_COPIES: Final = 10


@dataclass(frozen=True)
class Answering:
    """Who said that they answer, and how many minutes ago."""

    user_id: int
    name: str
    minutes: int


def watch(uow: UnitOfWork, ticket: Ticket) -> None:
    """Be told when the client writes. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    insert_once(uow.session, TicketWatcher, {"ticket_id": ticket.id, "user_id": uow.actor.user_id})


def unwatch(uow: UnitOfWork, ticket: Ticket) -> None:
    """Be told no more. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    mine = (TicketWatcher.ticket_id == ticket.id, TicketWatcher.user_id == uow.actor.user_id)
    for row in uow.session.scalars(select(TicketWatcher).where(*mine)):
        uow.session.delete(row)


def watchers(uow: UnitOfWork, ticket: Ticket) -> Sequence[TicketWatcher]:
    """Staff and addresses, in the order in which they came."""
    query = select(TicketWatcher).where(TicketWatcher.ticket_id == ticket.id).order_by(TicketWatcher.id)
    return uow.session.scalars(query).all()


def add_copy(uow: UnitOfWork, ticket: Ticket, email: str) -> None:
    """Send copies of answers to this address. Raises: NotAllowed; InvalidInput at `email`."""
    uow.actor.require(MANAGE)
    address = check_address(email.strip().lower())
    if len(copies(uow, ticket)) >= MOST_COPIES:
        raise InvalidInput(f"At most {MOST_COPIES} addresses", field="email")
    insert_once(uow.session, TicketWatcher, {"ticket_id": ticket.id, "email": address})
    audit.record(uow, "ticket.copy", "ticket", ticket.id, client_id=ticket.client_id, after={"to": address})


def drop_copy(uow: UnitOfWork, ticket: Ticket, email: str) -> None:
    """Send none to this address any more. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    found = select(TicketWatcher).where(TicketWatcher.ticket_id == ticket.id, TicketWatcher.email == email)
    for row in uow.session.scalars(found):
        uow.session.delete(row)
        audit.record(
            uow, "ticket.copy", "ticket", ticket.id, client_id=ticket.client_id, before={"to": email}
        )


def copies(uow: UnitOfWork, ticket: Ticket) -> Sequence[str]:
    """Addresses outside that get copies of answers."""
    return [one.email for one in watchers(uow, ticket) if one.email]


def staff_to_tell(uow: UnitOfWork, ticket: Ticket) -> Sequence[User]:
    """Who watches or has the ticket; who works in the department while nobody has it. Everybody once."""
    watching = select(TicketWatcher.user_id).where(TicketWatcher.ticket_id == ticket.id)
    told: ColumnElement[bool] = User.id.in_(watching)
    if ticket.assignee_id is not None:
        told |= User.id == ticket.assignee_id
    else:
        members = select(DepartmentMember.user_id).where(
            DepartmentMember.department_id == ticket.department_id
        )
        told |= User.id.in_(members)
    here = (User.staff_role_id.is_not(None), User.disabled_at.is_(None))
    return uow.session.scalars(select(User).where(told, *here).order_by(User.id)).all()


def claim(uow: UnitOfWork, ticket: Ticket) -> None:
    """Say that one is answering, for a quarter of an hour. Raises: NotAllowed; Refused while somebody else is."""
    uow.actor.require(MANAGE)
    uow.session.refresh(ticket, with_for_update=True)
    other = answering(uow, ticket)
    if other is not None and other.user_id != uow.actor.user_id:
        raise Refused(f"{other.name} is answering, since {other.minutes} min")
    ticket.answering_id, ticket.answering_at = uow.actor.user_id, uow.now()


def answering(uow: UnitOfWork, ticket: Ticket) -> Answering | None:
    """Who is answering now."""
    if ticket.answering_id is None or ticket.answering_at is None:
        return None
    since = uow.now() - ticket.answering_at
    if since > ANSWERING:
        return None
    user = uow.session.get_one(User, ticket.answering_id)
    return Answering(user.id, user.name or user.email, int(since.total_seconds()) // 60)


def check_seen(uow: UnitOfWork, ticket: Ticket, seen: int) -> None:
    """Nobody wrote since the page was read. Raises: InvalidInput at `message`, naming who did."""
    newer = (
        select(TicketMessage.author_name)
        .where(TicketMessage.ticket_id == ticket.id, TicketMessage.id > seen)
        .order_by(TicketMessage.id.desc())
    )
    name = uow.session.scalars(newer).first()
    if name is not None:
        who = name or "The client"
        raise InvalidInput(f"{who} wrote meanwhile. Read it, then send yours", field="message")
