"""Takes the best due job: by priority and time, where the provider still has room, with a lease and a fence."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from ezcore.jobs.models import Job, JobState, WorkerProcess
from ezcore.work import UnitOfWork, Work

ALIVE_SECONDS = 60
MAX_LOST_LEASES = 3


def claim(work: Work, owner: str, lease_seconds: float) -> Job | None:
    """Claim one job, or None. A cheap read comes first, so an idle bell costs no write lock."""
    with work.read() as uow:
        if uow.session.execute(_due(uow, uow.database_now()).limit(1)).first() is None:
            return None
    with work.write() as uow:
        now = uow.database_now()
        job = uow.session.scalars(
            _due(uow, now)
            .order_by(Job.priority.desc(), Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=Job)
        ).first()
        if job is not None:
            _take(job, owner, now, lease_seconds)
        return job


def anything_due(uow: UnitOfWork) -> bool:
    """Is there a job that could be claimed now? Asked by the sweep."""
    return uow.session.execute(_due(uow, uow.database_now()).limit(1)).first() is not None


def _take(job: Job, owner: str, now: datetime, lease_seconds: float) -> None:
    if job.state == JobState.RUNNING:
        job.lost_leases += 1
    job.state = JobState.RUNNING
    job.owner = owner
    job.fence += 1
    job.attempts += 1
    job.lease_until = now + timedelta(seconds=lease_seconds)


def _due(uow: UnitOfWork, now: datetime) -> Select[tuple[Job]]:
    busy = aliased(Job)
    full = (
        select(busy.provider)
        .where(busy.state == JobState.RUNNING, busy.lease_until >= now, busy.provider.is_not(None))
        .group_by(busy.provider)
        .having(func.count() >= _room_per_provider(uow, now))
    )
    waiting = and_(Job.state == JobState.QUEUED, Job.run_at <= now)
    abandoned = and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    return select(Job).where(or_(waiting, abandoned), or_(Job.provider.is_(None), Job.provider.not_in(full)))


def _room_per_provider(uow: UnitOfWork, now: datetime) -> int:
    """At most half of all living worker threads on one provider, at least one."""
    threads = uow.session.scalar(
        select(func.sum(WorkerProcess.threads)).where(
            WorkerProcess.seen_at >= now - timedelta(seconds=ALIVE_SECONDS)
        )
    )
    return max(1, int(threads or 2) // 2)
