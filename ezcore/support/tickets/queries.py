"""Reads of the support desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from ezcore.accounts.models import Client, User
from ezcore.kernel.errors import NotFound
from ezcore.support.tickets.models import Department, DepartmentMember, Ticket, TicketLink, TicketMessage
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Conversation:
    """A ticket with what was said and what it is about."""

    ticket: Ticket
    department: Department
    messages: Sequence[TicketMessage]
    links: Sequence[TicketLink]


def by_reference(uow: UnitOfWork, reference: str, client_id: int | None = None) -> Ticket:
    """A ticket, of this client when given. Raises: NotFound, also for another client's."""
    query = select(Ticket).where(Ticket.reference == reference)
    if client_id is not None:
        query = query.where(Ticket.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such ticket")
    return found


def by_key(uow: UnitOfWork, key: str) -> Ticket | None:
    """The automatic ticket with this key, or the one it was merged into."""
    found = uow.session.scalars(select(Ticket).where(Ticket.key == key)).first()
    return living(uow, found) if found is not None else None


def living(uow: UnitOfWork, ticket: Ticket) -> Ticket:
    """The ticket, or the one that has its messages since it was merged; there the talk goes on."""
    if ticket.merged_into_id is None:
        return ticket
    return uow.session.get_one(Ticket, ticket.merged_into_id)


def conversation(uow: UnitOfWork, ticket: Ticket, *, with_notes: bool) -> Conversation:
    """The ticket as it is read; internal notes only when asked for."""
    query = (
        select(TicketMessage)
        .where(TicketMessage.ticket_id == ticket.id)
        .order_by(TicketMessage.at, TicketMessage.id)
    )
    if not with_notes:
        query = query.where(TicketMessage.internal.is_(False))
    links = select(TicketLink).where(TicketLink.ticket_id == ticket.id).order_by(TicketLink.id)
    return Conversation(
        ticket,
        uow.session.get_one(Department, ticket.department_id),
        uow.session.scalars(query).all(),
        uow.session.scalars(links).all(),
    )


def of_client(client_id: int) -> Select[Ticket, str]:
    """Tickets of a client with their departments, last moved first."""
    return (
        select(Ticket, Department.name)
        .join(Department, Department.id == Ticket.department_id)
        .where(Ticket.client_id == client_id)
        .order_by(Ticket.moved_at.desc(), Ticket.id.desc())
    )


def about(uow: UnitOfWork, kind: str, object_id: int, client_id: int | None = None) -> Sequence[Ticket]:
    """Tickets about this thing, newest first; of this client when given."""
    query = (
        select(Ticket)
        .join(TicketLink, TicketLink.ticket_id == Ticket.id)
        .where(TicketLink.kind == kind, TicketLink.object_id == object_id)
        .order_by(Ticket.id.desc())
    )
    if client_id is not None:
        query = query.where(Ticket.client_id == client_id)
    return uow.session.scalars(query).all()


def queue() -> Select[Ticket, str, str, str]:
    """Every ticket with client or guest, and assignee, for staff; last moved first."""
    return (
        select(Ticket, func.coalesce(Client.name, Ticket.guest_email), Department.name, User.name)
        .outerjoin(Client, Client.id == Ticket.client_id)
        .join(Department, Department.id == Ticket.department_id)
        .outerjoin(User, User.id == Ticket.assignee_id)
        .order_by(Ticket.moved_at.desc(), Ticket.id.desc())
    )


def departments(uow: UnitOfWork, *, hidden: bool = False) -> Sequence[Department]:
    """In their order; those that clients are not offered only when asked for."""
    query = select(Department).order_by(Department.position, Department.id)
    return uow.session.scalars(query if hidden else query.where(Department.hidden.is_(False))).all()


def department(uow: UnitOfWork, slug: str) -> Department | None:
    """The department of this slug."""
    return uow.session.scalars(select(Department).where(Department.slug == slug)).first()


def for_guests(uow: UnitOfWork) -> Sequence[Department]:
    """Those that people without an account may write to, in their order."""
    return [one for one in departments(uow) if one.guests]


def members(uow: UnitOfWork, department: Department) -> Sequence[int]:
    """Numbers of the staff who work in this department."""
    query = select(DepartmentMember.user_id).where(DepartmentMember.department_id == department.id)
    return uow.session.scalars(query).all()


def departments_of(user_id: int | None) -> Select[int]:
    """The departments in which this member of staff works, for a condition."""
    return select(DepartmentMember.department_id).where(DepartmentMember.user_id == user_id)


def merged_into(uow: UnitOfWork, ticket: Ticket) -> str | None:
    """The reference of the ticket that has the messages of this one."""
    return None if ticket.merged_into_id is None else living(uow, ticket).reference


def assignees(uow: UnitOfWork) -> Sequence[User]:
    """Staff that a ticket can be given to."""
    active = select(User).where(User.staff_role_id.is_not(None), User.disabled_at.is_(None))
    return uow.session.scalars(active.order_by(User.name, User.id)).all()


def open_count(uow: UnitOfWork, client_id: int) -> int:
    """Tickets of a client that are not closed."""
    query = select(func.count()).where(Ticket.client_id == client_id, Ticket.state != "closed")
    return uow.session.scalar(query) or 0
