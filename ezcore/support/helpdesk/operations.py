"""Asks for exchanges with the help desk: one at a time for a ticket, and another one for what happened meanwhile."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobState
from ezcore.plugin_api.jobs import JobKind
from ezcore.support.helpdesk.models import DeskTicket
from ezcore.work import UnitOfWork

OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.NEEDS_INFO)


def exchange(uow: UnitOfWork, ticket_id: int, kind: JobKind) -> None:
    """Bring both to the same state, now or once the exchange that runs is over."""
    row = locked(uow, ticket_id)
    if row.job_id is not None and _is_open(uow, row.job_id):
        row.again = True
        return
    start(uow, row, kind)


def start(uow: UnitOfWork, row: DeskTicket, kind: JobKind) -> None:
    """Queue an exchange of a ticket whose row is locked."""
    job = jobs.enqueue(
        uow,
        kind,
        uow.ids.key(f"helpdesk-{row.ticket_id}"),
        {"ticket_id": row.ticket_id},
        subject=("ticket", row.ticket_id),
        provider=f"helpdesk:{row.helpdesk}",
    )
    row.job_id, row.again = job.id, False


def locked(uow: UnitOfWork, ticket_id: int) -> DeskTicket:
    """The row, alone. Whoever needs the ticket too locks the ticket first."""
    found = select(DeskTicket).where(DeskTicket.ticket_id == ticket_id).with_for_update()
    return uow.session.scalars(found.execution_options(populate_existing=True)).one()


def _is_open(uow: UnitOfWork, job_id: int) -> bool:
    state = uow.session.scalar(select(Job.state).where(Job.id == job_id))
    return state in OPEN
