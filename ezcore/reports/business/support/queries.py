"""One row per ticket of the months, with the first question of a client and the first answer after it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, false, func, select

from ezcore.reports.business.months import Months, place_of
from ezcore.reports.business.support.rules import Talk
from ezcore.support.tickets.models import AuthorKind, Department, Ticket, TicketMessage
from ezcore.work import UnitOfWork


def talks(uow: UnitOfWork, months: Months) -> list[Talk]:
    """Tickets that were opened in the months; merged ones are empty and left out."""
    starts = months.starts(uow.settings.shop.time_zone)
    opened = (
        Ticket.opened_at >= starts[0],
        Ticket.opened_at < starts[-1],
        Ticket.merged_into_id.is_(None),
    )
    by_client = and_(TicketMessage.ticket_id == Ticket.id, TicketMessage.author_kind == AuthorKind.CLIENT)
    asked = (
        select(Ticket.id, Ticket.department_id, Ticket.opened_at, Ticket.closed_at)
        .add_columns(func.min(TicketMessage.at).label("asked_at"))
        .outerjoin(TicketMessage, by_client)
        .where(*opened)
        .group_by(Ticket.id)
        .subquery()
    )
    answered = and_(
        TicketMessage.ticket_id == asked.c.id,
        TicketMessage.author_kind == AuthorKind.STAFF,
        TicketMessage.internal.is_(false()),
        TicketMessage.at > asked.c.asked_at,
    )
    what = (asked.c.department_id, asked.c.opened_at, asked.c.closed_at, asked.c.asked_at)
    rows = uow.session.execute(
        select(*what, func.min(TicketMessage.at))
        .select_from(asked)
        .outerjoin(TicketMessage, answered)
        .group_by(asked.c.id, *what)
    )
    return [
        Talk(
            place_of(opened_at, starts),
            department_id,
            asked=asked_at is not None,
            answer=answered_at - asked_at if answered_at and asked_at else None,
            close=closed_at - opened_at if closed_at else None,
        )
        for department_id, opened_at, closed_at, asked_at, answered_at in rows
    ]


def departments(uow: UnitOfWork) -> Sequence[Department]:
    """All of them, in their order."""
    return uow.session.scalars(select(Department).order_by(Department.position, Department.id)).all()
