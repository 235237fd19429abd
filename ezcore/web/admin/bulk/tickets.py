"""Many tickets at once: give them to somebody, set status and priority, move them to a department."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.kernel.errors import NotFound
from ezcore.languages import say
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import Priority, Ticket, TicketState
from ezcore.web.admin.bulk.actions import Act, Named, Noun
from ezcore.web.admin.bulk.answering import answer
from ezcore.web.shared.markup import badge
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

CLOSES: Final = "Their clients see them as closed. Whoever answers one opens it again."
Do = Callable[[UnitOfWork, int, str], bool]


@page(
    "admin.bulk.tickets", "/admin/bulk/tickets/", method="POST", permission="support.manage",
    audit="ticket.change", ambient=False,
)  # fmt: skip
def act(request: Any) -> Any:
    """One action for the ticked tickets."""
    return answer(request, TICKETS)


def _acts(uow: UnitOfWork) -> Sequence[Act]:
    people = [(str(user.id), user.name or user.email) for user in queries.assignees(uow)]
    mine = [("me", "Me")] if uow.actor.user_id is not None else []
    departments = [(one.slug, one.name) for one in queries.departments(uow, hidden=True)]
    return [
        *(_one("assign", "Assign to", key, name) for key, name in [*mine, ("nobody", "Nobody"), *people]),
        *(_one("state", "Status", state, kind_and_word(f"ticket_{state}")[1]) for state in TicketState),
        *(_one("priority", "Priority", one, one.capitalize()) for one in Priority),
        *(_one("department", "Move to", slug, name) for slug, name in departments),
    ]


def _one(verb: str, group: str, value: str, label: str) -> Act:
    asks = CLOSES if value == TicketState.CLOSED and verb == "state" else ""
    return Act(f"{verb}:{value}", label, tickets.MANAGE, _DO[verb](value), group=group, consequence=asks)


def _assign(value: str) -> Do:
    def do(uow: UnitOfWork, number: int, _reason: str) -> bool:
        ticket = _locked(uow, number)
        named = {"me": uow.actor.user_id, "nobody": None}
        to = named[value] if value in named else int(value)
        before = ticket.assignee_id
        tickets.assign(uow, ticket, to)
        return before != to

    return do


def _set_state(value: str) -> Do:
    def do(uow: UnitOfWork, number: int, _reason: str) -> bool:
        ticket, state = _locked(uow, number), TicketState(value)
        if ticket.state == state and ticket.merged_into_id is None:
            return False
        tickets.set_status(uow, ticket, state)
        return True

    return do


def _set_priority(value: str) -> Do:
    def do(uow: UnitOfWork, number: int, _reason: str) -> bool:
        ticket = _locked(uow, number)
        before = ticket.priority
        tickets.set_priority(uow, ticket, Priority(value))
        return before != value

    return do


def _move(value: str) -> Do:
    def do(uow: UnitOfWork, number: int, _reason: str) -> bool:
        ticket = _locked(uow, number)
        before = ticket.department_id
        tickets.move_to_department(uow, ticket, value)
        return before != ticket.department_id

    return do


_DO: Final[dict[str, Callable[[str], Do]]] = {
    "assign": _assign, "state": _set_state, "priority": _set_priority, "department": _move,
}  # fmt: skip


def _locked(uow: UnitOfWork, number: int) -> Ticket:
    """The ticket as it is now; a colleague who does the same waits until this is kept."""
    ticket = uow.session.get(Ticket, number, with_for_update=True)
    if ticket is None:
        raise NotFound("There is no such ticket")
    return ticket


def _named(request: Any, uow: UnitOfWork, numbers: Sequence[int]) -> list[Named]:
    query = select(Ticket, Client.name).outerjoin(Client, Client.id == Ticket.client_id)
    return [
        Named(
            ticket.id,
            ticket.subject,
            request.route_path("admin.ticket", reference=ticket.reference),
            badge(f"ticket_{ticket.state}"),
            f"{ticket.reference}, {client or ticket.guest_name or say('Guest')}",
        )
        for ticket, client in uow.session.execute(query.where(Ticket.id.in_(numbers)).order_by(Ticket.id))
    ]


TICKETS: Final = Noun("admin.bulk.tickets", "admin.tickets", "Tickets", _acts, _named)
