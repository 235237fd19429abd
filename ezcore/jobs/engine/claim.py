"""Takes the best due job: by priority and time, where its provider has room, with a lease and a fence."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import aliased

from ezcore.jobs.models import Job, JobState, WorkerProcess
from ezcore.work import UnitOfWork, Work

ALIVE_SECONDS = 60
MAX_LOST_LEASES = 3
LOOKS = 5


def claim(work: Work, owner: str, lease_seconds: float) -> Job | None:
    """Claim one job, or None. A cheap read comes first, so an idle bell costs no write lock."""
    for _ in range(LOOKS):
        with work.read() as uow:
            if not anything_due(uow):
                return None
        with work.write() as uow:
            job = _best(uow)
            if job is not None:
                _take(job, owner, uow.database_now(), lease_seconds)
                return job
        # Another worker filled the provider, or took the job, between our look and our grasp.
    return None


def anything_due(uow: UnitOfWork) -> bool:
    """Is there a job that could be claimed now? Asked by the sweep."""
    return count_due(uow, 1) > 0


def count_due(uow: UnitOfWork, at_most: int) -> int:
    """How many jobs could be claimed now, counted up to `at_most`."""
    due = _due(uow, uow.database_now()).with_only_columns(Job.id).limit(at_most)
    return len(uow.session.scalars(due).all())


def _best(uow: UnitOfWork) -> Job | None:
    now = uow.database_now()
    order = (Job.priority.desc(), Job.run_at, Job.id)
    due = _due(uow, now).order_by(*order).limit(1).with_for_update(skip_locked=True, of=Job)
    job = uow.session.scalars(due).first()
    if job is None or job.provider is None or uow.session.get_bind().dialect.name == "sqlite":
        return job  # SQLite has one writer: nobody claims beside us
    # Two workers may see the same last place at a provider. Whoever counts second, counts the first one too.
    uow.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('ez.provider:' || :name))"), {"name": job.provider}
    )
    return job if _has_room(uow, job.provider, now) else None


def _take(job: Job, owner: str, now: datetime, lease_seconds: float) -> None:
    if job.state == JobState.RUNNING:
        job.lost_leases += 1
    job.state = JobState.RUNNING
    job.owner = owner
    job.fence += 1
    job.attempts += 1
    job.lease_until = now + timedelta(seconds=lease_seconds)


def _due(uow: UnitOfWork, now: datetime) -> Select[Job]:
    busy = aliased(Job)
    full = (
        select(busy.provider)
        .where(_at_work(busy, now), busy.provider.is_not(None))
        .group_by(busy.provider)
        .having(func.count() >= _room_per_provider(uow, now))
    )
    waiting = and_(Job.state == JobState.QUEUED, Job.run_at <= now)
    abandoned = and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    return select(Job).where(or_(waiting, abandoned), or_(Job.provider.is_(None), Job.provider.not_in(full)))


def _at_work(job: type[Job], now: datetime) -> ColumnElement[bool]:
    return and_(job.state == JobState.RUNNING, job.lease_until >= now)


def _has_room(uow: UnitOfWork, provider: str, now: datetime) -> bool:
    running = select(func.count()).select_from(Job).where(_at_work(Job, now), Job.provider == provider)
    return (uow.session.scalar(running) or 0) < _room_per_provider(uow, now)


def _room_per_provider(uow: UnitOfWork, now: datetime) -> int:
    """At most half of all living worker threads on one provider, at least one."""
    threads = uow.session.scalar(
        select(func.sum(WorkerProcess.threads)).where(
            WorkerProcess.seen_at >= now - timedelta(seconds=ALIVE_SECONDS)
        )
    )
    return max(1, int(threads or 2) // 2)
