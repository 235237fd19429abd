"""Human work meets its ticket: one per request; questions, answers and the end are written into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ezcore.kernel.actor import SYSTEM
from ezcore.services.manual.events import WorkAnswered, WorkAsked, WorkFinished, WorkRequested
from ezcore.services.manual.models import WorkRequest
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.departments import HELP, ensure_first
from ezcore.support.tickets.models import Ticket, TicketState
from ezcore.support.tickets.operations import NewTicket
from ezcore.work import UnitOfWork

ENDS = {
    "complete": "The work is done.",
    "failed": "The work was given up.",
    "cancelled": "The work was cancelled.",
}


def requested(uow: UnitOfWork, events: Sequence[WorkRequested]) -> None:
    """A ticket for the work, linked to it and its service."""
    for event in events:
        with _system(uow):
            ensure_first(uow)
            work = uow.session.get_one(WorkRequest, event.request_id)
            said = "\n\n".join(f"{label}\n{text}" for label, text in work.answers)
            links = (("work_request", work.id), ("service", work.service_id))
            message = f"We have your request and begin as soon as we can.\n\n{said}"[:20_000]
            tickets.open_ticket(
                uow, NewTicket(event.client_id, HELP, event.title, message, links=links, key=key_of(work.id))
            )


def asked(uow: UnitOfWork, events: Sequence[WorkAsked]) -> None:
    """The client is asked, and told by mail."""
    for event in events:
        _write(uow, event.request_id, f"{event.question}\n\nPlease answer on the page of the work.")


def answered(uow: UnitOfWork, events: Sequence[WorkAnswered]) -> None:
    """What the client answered on the page of the work."""
    for event in events:
        ticket = queries.by_key(uow, key_of(event.request_id))
        if ticket is None:
            continue
        if uow.actor.may(tickets.CLIENT) and uow.actor.kind == "client":
            tickets.reply(uow, ticket, event.answer)
        else:
            with _system(uow):
                tickets.note(uow, ticket, f"Answer: {event.answer}")


def finished(uow: UnitOfWork, events: Sequence[WorkFinished]) -> None:
    """The end, with what came of it; the ticket is closed."""
    for event in events:
        ticket = _write(uow, event.request_id, f"{ENDS[event.state]}\n\n{event.outcome}")
        if ticket is not None and ticket.state != TicketState.CLOSED:
            with _system(uow):
                tickets.close(uow, ticket)


def key_of(request_id: int) -> str:
    """The key of the ticket of a request."""
    return f"work:{request_id}"


def _write(uow: UnitOfWork, request_id: int, text: str) -> Ticket | None:
    ticket = queries.by_key(uow, key_of(request_id))
    if ticket is not None:
        with _system(uow):
            tickets.reply(uow, ticket, text)
    return ticket


@contextmanager
def _system(uow: UnitOfWork) -> Iterator[None]:
    asker, uow.actor = uow.actor, SYSTEM
    try:
        yield
    finally:
        uow.actor = asker
