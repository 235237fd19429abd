"""Tickets that wait: for the client too long (they are closed), or for us too long (they are raised)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select

from ezcore.audit import operations as audit
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.events import TicketEscalated
from ezcore.support.tickets.models import Priority, Ticket, TicketState
from ezcore.work import UnitOfWork

OURS: Final = (TicketState.OPEN, TicketState.CUSTOMER_REPLY)
_STEPS: Final = tuple(Priority)
WORDS: Final = (
    "We have not heard from you for a while and take it that this is solved. If it is not, just answer: "
    "your message opens the ticket again."
)


def silent(uow: UnitOfWork) -> Sequence[int]:
    """Tickets that we answered and whose client has been silent for `ez.support.close_after_days`."""
    days = uow.settings.support.close_after_days
    if not days:
        return []
    before = uow.now() - timedelta(days=days)
    query = select(Ticket.id).where(Ticket.state == TicketState.ANSWERED, Ticket.moved_at < before)
    return uow.session.scalars(query.order_by(Ticket.id)).all()


def close_silent(uow: UnitOfWork, ticket_id: int) -> str | None:
    """Close it and say so; None when somebody wrote meanwhile. Emits: TicketAnswered, TicketClosed."""
    ticket = uow.session.get_one(Ticket, ticket_id, with_for_update=True)
    if ticket.id not in silent(uow):
        return None
    tickets.reply(uow, ticket, WORDS)
    tickets.close(uow, ticket)
    return ticket.reference


def neglected(uow: UnitOfWork) -> Sequence[int]:
    """Tickets that wait for us for `ez.support.escalate_after_hours` and were not raised in this time."""
    hours = uow.settings.support.escalate_after_hours
    if not hours:
        return []
    before = uow.now() - timedelta(hours=hours)
    not_yet = or_(Ticket.escalated_at.is_(None), Ticket.escalated_at < before)
    query = select(Ticket.id).where(Ticket.state.in_(OURS), Ticket.moved_at < before, not_yet)
    return uow.session.scalars(query.order_by(Ticket.id)).all()


def escalate(uow: UnitOfWork, ticket_id: int) -> str | None:
    """One priority up, and staff are told; None when it does not wait any more. Emits: TicketEscalated."""
    ticket = uow.session.get_one(Ticket, ticket_id, with_for_update=True)
    if ticket.id not in neglected(uow):
        return None
    before, now = ticket.priority, uow.now()
    ticket.priority, ticket.escalated_at = raised(before), now
    audit.record(
        uow, "ticket.escalate", "ticket", ticket.id, client_id=ticket.client_id,
        before={"priority": before}, after={"priority": str(ticket.priority)},
    )  # fmt: skip
    uow.emit(TicketEscalated(ticket.id, ticket.client_id, _hours(ticket.moved_at, now)))
    return ticket.reference


def raised(priority: str) -> Priority:
    """The next one up; urgent stays urgent."""
    return _STEPS[min(_STEPS.index(Priority(priority)) + 1, len(_STEPS) - 1)]


def _hours(since: datetime, now: datetime) -> int:
    return int((now - since).total_seconds()) // 3600
