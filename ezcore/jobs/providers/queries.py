"""Reads of providers: who is left alone now, what a job waits for, and the list for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from ezcore.jobs.models import Job, JobState
from ezcore.jobs.providers.models import Breaker, Provider
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Standing:
    """A provider that is not simply well: its row, what staff call its condition, and how many jobs wait for it."""

    provider: Provider
    state: str
    words: str
    waiting: int


def is_shut(now: Any) -> ColumnElement[bool]:
    """Nobody may ask this provider at `now`."""
    return or_(
        Provider.paused_at.is_not(None), and_(Provider.state != Breaker.CLOSED, Provider.next_try_at > now)
    )


def shut(now: Any) -> Select[str]:
    """Names of the providers that nobody may ask at `now` (an instant or a bound parameter)."""
    return select(Provider.name).where(is_shut(now))


def unwell(uow: UnitOfWork) -> Sequence[Standing]:
    """Providers that are paused or do not answer, with the jobs that wait for them."""
    rows = uow.session.scalars(
        select(Provider)
        .where(or_(Provider.paused_at.is_not(None), Provider.state != Breaker.CLOSED))
        .order_by(Provider.name)
    ).all()
    names = [row.name for row in rows]
    counting = (
        select(Job.provider, func.count())
        .where(Job.provider.in_(names), Job.state == JobState.QUEUED)
        .group_by(Job.provider)
    )
    waiting = {name: int(count) for name, count in uow.session.execute(counting)} if names else {}
    return [Standing(row, condition(row), words(row), waiting.get(row.name, 0)) for row in rows]


def in_use(uow: UnitOfWork) -> Sequence[str]:
    """Names of the providers that open jobs are bound to: what can be paused."""
    open_jobs = Job.state.in_((JobState.QUEUED, JobState.RUNNING, JobState.NEEDS_INFO))
    names = select(Job.provider).where(open_jobs, Job.provider.is_not(None)).distinct()
    return sorted(name for name in uow.session.scalars(names) if name)


def waits_for(uow: UnitOfWork, job: Job) -> str | None:
    """Why a job that is due does not run: its provider is paused or does not answer. None when it is not that."""
    if job.provider is None or job.state != JobState.QUEUED:
        return None
    row = uow.session.scalars(
        select(Provider).where(Provider.name == job.provider, is_shut(uow.database_now()))
    ).first()
    return None if row is None else words(row)


def condition(row: Provider) -> str:
    """`paused`, `open`, `half_open` or `closed`."""
    return "paused" if row.paused_at is not None else str(row.state)


def words(row: Provider) -> str:
    """The condition as a sentence for staff."""
    if row.paused_at is not None:
        return f"{row.name} is paused by {row.paused_by}: {row.paused_why}"
    if row.state == Breaker.CLOSED:
        return f"{row.name} answers"
    again = f", tried again at {_clock(row.next_try_at)}" if row.next_try_at else ""
    return f"{row.name} is not answering{again}: {row.reason}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC"
