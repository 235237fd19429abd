"""Reads of jobs: which of them are stuck, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, or_, select

from ezcore.jobs.models import OPEN_STATES, Job, JobState, JobStep, WorkerProcess
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.work import UnitOfWork

MOST_AT_ONCE = 500
ALIVE_SECONDS = 60
STUCK = or_(
    Job.state.in_((JobState.NEEDS_INFO, JobState.FAILED)),
    and_(Job.state == JobState.QUEUED, or_(Job.failures > 0, Job.cause.is_not(None))),
)
"""Failed for good, waiting for a person, or waiting for a next try; not what simply waits for its turn."""


@dataclass(frozen=True)
class Which:
    """Which stuck jobs are meant. What is given narrows; `cause` is a part of the cause, `cause_is` the whole of it."""

    ids: tuple[int, ...] = ()
    service_id: int | None = None
    client_id: int | None = None
    cause: str = ""
    cause_is: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing was said, so nothing is meant."""
        return not (self.ids or self.service_id or self.client_id or self.cause or self.cause_is)


def stuck(uow: UnitOfWork, which: Which) -> Sequence[Job]:
    """The stuck jobs that are meant, oldest first, at most `MOST_AT_ONCE`. Raises: InvalidInput when nothing is."""
    if which.is_empty:
        raise InvalidInput("say which jobs: by service, client or cause", field="cause")
    query = select(Job).where(STUCK)
    if which.ids:
        query = query.where(Job.id.in_(which.ids))
    if which.service_id:
        query = query.where(Job.subject_kind == "service", Job.subject_id == which.service_id)
    if which.client_id:
        query = query.where(Job.client_id == which.client_id)
    if which.cause:
        query = query.where(Job.cause.contains(which.cause, autoescape=True))
    if which.cause_is:
        query = query.where(Job.cause == which.cause_is)
    return uow.session.scalars(query.order_by(Job.id).limit(MOST_AT_ONCE)).all()


def by_id(uow: UnitOfWork, job_id: int) -> Job:
    """One job. Raises: NotFound."""
    found = uow.session.get(Job, job_id)
    if found is None:
        raise NotFound(f"there is no job {job_id}")
    return found


def newest(
    uow: UnitOfWork, *, finished: bool = False, state: str | None = None, limit: int = 200
) -> Sequence[Job]:
    """Open and failed jobs (with `finished` all of them), newest first."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if state:
        query = query.where(Job.state == state)
    elif not finished:
        query = query.where(Job.state.in_((*OPEN_STATES, JobState.FAILED)))
    return uow.session.scalars(query).all()


def steps_of(uow: UnitOfWork, job: Job) -> Sequence[JobStep]:
    """The steps of a job in their order."""
    return uow.session.scalars(
        select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position)
    ).all()


def question_of(uow: UnitOfWork, job_id: int, client_id: int) -> Job:
    """A job that asks this client something. Raises: NotFound, also for another client's and for what asks staff."""
    found = uow.session.get(Job, job_id)
    if found is None or found.client_id != client_id or found.asks != "client":
        raise NotFound("there is no such question")
    return found


def strays(uow: UnitOfWork) -> Sequence[WorkerProcess]:
    """Living workers with calls that passed their limit and still hang."""
    alive = WorkerProcess.seen_at >= uow.database_now() - timedelta(seconds=ALIVE_SECONDS)
    return uow.session.scalars(select(WorkerProcess).where(alive, WorkerProcess.strays > 0)).all()
