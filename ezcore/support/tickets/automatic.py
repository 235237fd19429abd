"""Tickets that open by themselves: work on a service that failed for good. One per job, in plain words.

The cause is an internal note: it may name servers and vendors. What goes well after all is written into the ticket,
which is closed unless a person wrote in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from sqlalchemy import select

from ezcore.jobs.events import JobGivenUp
from ezcore.jobs.models import Job
from ezcore.kernel.actor import SYSTEM
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.departments import HELP, ensure_first
from ezcore.support.tickets.models import AuthorKind, Priority, Ticket, TicketMessage, TicketState
from ezcore.support.tickets.operations import NewTicket
from ezcore.work import UnitOfWork

VERBS: Final = {
    "create": "setting up", "suspend": "pausing", "unsuspend": "giving back", "terminate": "removing",
    "change_package": "changing", "renew": "renewing", "change_password": "setting a new password for",
}  # fmt: skip
PARTS: Final = ("services.", "domain_names.", "zones.", "certificates.")
TEXT: Final = (
    "While {doing} {what} something went wrong that does not mend itself. We know about it and are on it. "
    "You need do nothing, and you pay nothing twice. We write here as soon as we know more; if there is anything "
    "you want to add, just answer."
)
WELL: Final = "This is done now. If anything is not as it should be, just answer."


def open_for_jobs(uow: UnitOfWork, events: Sequence[JobGivenUp]) -> None:
    """A job for a client was given up: one ticket per job, whatever else happens to it later."""
    for event in events:
        if event.client_id is not None and event.kind.startswith(PARTS):
            _open(uow, event, event.client_id)


class Parked(Protocol):
    """An order that stands still; the room of orders says so, which the desk does not know."""

    @property
    def order_id(self) -> int:
        """The order."""
        ...

    @property
    def client_id(self) -> int:
        """Whose it is."""
        ...

    @property
    def stage(self) -> str:
        """The step that failed for good."""
        ...

    @property
    def job_id(self) -> int | None:
        """The work that failed."""
        ...

    @property
    def told(self) -> str:
        """What the client is told."""
        ...


def open_for_orders(uow: UnitOfWork, events: Sequence[Parked]) -> None:
    """An order is parked: the ticket of the work that failed says what became of the order."""
    for event in events:
        key = key_of(event.job_id) if event.job_id is not None else f"order:{event.order_id}:{event.stage}"
        asker, uow.actor = uow.actor, SYSTEM
        try:
            ensure_first(uow)
            ticket = queries.by_key(uow, key)
            if ticket is None:
                links = [("order", event.order_id)]
                links += [("job", event.job_id)] if event.job_id is not None else []
                subject = f"Your order {event.order_id}: {event.stage}"[:200]
                new = NewTicket(event.client_id, HELP, subject, event.told, Priority.HIGH, links, key)
                tickets.open_ticket(uow, new)
                continue
            tickets.link(uow, ticket, "order", event.order_id)
            tickets.reply(uow, ticket, event.told)
        finally:
            uow.actor = asker


def went_well(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """What failed before is done: its ticket says so."""
    done = select(Job.id).where(Job.key.in_([event.job_key for event in events]))
    keys = [key_of(job_id) for job_id in uow.session.scalars(done)]
    for known in uow.session.scalars(select(Ticket).where(Ticket.key.in_(keys))).all():
        ticket = queries.living(uow, known)
        if ticket.state != TicketState.CLOSED:
            _as_system(uow, ticket, WELL, close=not _has_people(uow, ticket))


def key_of(job_id: int) -> str:
    """The key of the ticket of a job."""
    return f"job:{job_id}"


def _open(uow: UnitOfWork, event: JobGivenUp, client_id: int) -> None:
    asker, uow.actor = uow.actor, SYSTEM
    try:
        ensure_first(uow)
        job = uow.session.get_one(Job, event.job_id)
        service = uow.session.get(Service, job.subject_id) if job.subject_kind == "service" else None
        what = service.label if service else "your order"
        doing = VERBS.get(str(job.payload.get("verb", "")), "working on")
        links = [("job", job.id), *([("service", service.id)] if service else [])]
        ticket = tickets.open_ticket(
            uow,
            NewTicket(
                client_id, HELP, f"{doing.capitalize()} {what}", TEXT.format(doing=doing, what=what),
                Priority.HIGH, links, key_of(job.id),
            ),
        )  # fmt: skip
        tickets.note(uow, ticket, f"Job {job.id} ({event.kind}) was given up: {event.cause or 'no cause'}")
        if ticket.state == TicketState.CLOSED:
            tickets.set_status(uow, ticket, TicketState.OPEN)
    finally:
        uow.actor = asker


def _as_system(uow: UnitOfWork, ticket: Ticket, text: str, *, close: bool) -> None:
    asker, uow.actor = uow.actor, SYSTEM
    try:
        tickets.reply(uow, ticket, text)
        if close:
            tickets.close(uow, ticket)
    finally:
        uow.actor = asker


def _has_people(uow: UnitOfWork, ticket: Ticket) -> bool:
    people = select(TicketMessage.id).where(
        TicketMessage.ticket_id == ticket.id, TicketMessage.author_kind != AuthorKind.SYSTEM
    )
    return uow.session.execute(people.limit(1)).first() is not None
