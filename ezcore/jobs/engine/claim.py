"""Takes the best due job: by priority and time, where its provider has room, with a lease and a fence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Table, bindparam, or_, select, text, update

from ezcore.db.types import UtcDateTime
from ezcore.jobs.engine.due import BUSY, MAY_MOVE, ORDER, OURS, Due, silence
from ezcore.jobs.models import Job, JobState
from ezcore.jobs.providers import operations as providers
from ezcore.work import UnitOfWork, Work

MAX_LOST_LEASES = 3
LOOKS = 5
PROBE_LEASES = 3


def claim(work: Work, owner: str, lease_seconds: float, *, vendors: bool = True) -> Job | None:
    """Claim one job, or None. On SQLite a cheap read comes first, so an idle bell costs no write lock.

    With `vendors=False` only jobs without a provider: this process has too many calls that hang.
    """
    reads_first = work.engine.dialect.name == "sqlite"
    for _ in range(LOOKS):
        if reads_first:
            with work.read() as uow:
                if uow.session.execute(_ANY, {"now": uow.database_now()}).first() is None:
                    return None
        with work.write() as uow:
            now = _now(uow)
            job = _best(uow, now, vendors=vendors)
            if job is not None and _may_enter(uow, job, now, lease_seconds):
                _take(uow, job, owner, now, lease_seconds)
                return job
        with work.read() as uow:
            if not vendors or not anything_due(uow):
                return None  # whoever waits, waits for room at a provider, or for the provider itself
        # Another worker filled the provider, or took the job, between our look and our grasp.
    return None


def anything_due(uow: UnitOfWork) -> bool:
    """Is there a job that could be claimed now? Asked by the sweep."""
    if uow.session.execute(_ANY, {"now": uow.database_now()}).first() is None:
        return False  # nothing at all, whoever has room; so an idle bell costs one small query
    return count_due(uow, 1) > 0


def count_due(uow: UnitOfWork, at_most: int) -> int:
    """How many jobs could be claimed now, counted up to `at_most`."""
    return len(uow.session.scalars(_COUNT, _values(uow, uow.database_now()) | {"at_most": at_most}).all())


def _now(uow: UnitOfWork) -> datetime:
    """The instant of the claim. A claim that a crash of the database forgets was none: it need not reach the disk."""
    if uow.virtual_time or uow.session.get_bind().dialect.name == "sqlite":
        return uow.database_now()
    now: datetime = uow.session.execute(_CLOCK).scalar_one()
    return now


def _best(uow: UnitOfWork, now: datetime, *, vendors: bool) -> Job | None:
    values = _values(uow, now) | {"vendors": vendors}
    # What lost its worker is looked for when nothing else waits, and every eighth time, so that it never starves.
    order = (_LOST, _BEST) if now.microsecond % 8 == 1 else (_BEST, _LOST)
    job = next((job for query in order if (job := uow.session.scalars(query, values).first())), None)
    if job is None or job.provider is None or uow.session.get_bind().dialect.name == "sqlite":
        return job  # SQLite has one writer: nobody claims beside us
    # Two workers may see the same last place at a provider. Whoever counts second, counts the first one too.
    uow.session.execute(_PLACE, {"name": job.provider})
    again = _values(uow, uow.database_now()) | {"provider": job.provider}
    return None if uow.session.execute(_IS_FULL, again).first() else job


def _may_enter(uow: UnitOfWork, job: Job, now: datetime, lease_seconds: float) -> bool:
    return job.provider is None or providers.enter(uow, job.provider, now, PROBE_LEASES * lease_seconds)


def _take(uow: UnitOfWork, job: Job, owner: str, now: datetime, lease_seconds: float) -> None:
    uow.session.expunge(job)  # it travels with the worker; the row is written by one plain statement
    if job.state == JobState.RUNNING:
        job.lost_leases += 1
    job.state, job.owner = JobState.RUNNING, owner
    job.fence += 1
    job.attempts += 1
    job.lease_until = now + timedelta(seconds=lease_seconds)
    names = ("state", "owner", "fence", "attempts", "lost_leases", "lease_until")
    uow.session.execute(_TAKE, {"its_id": job.id} | {name: getattr(job, name) for name in names})


def _values(uow: UnitOfWork, now: datetime) -> dict[str, Any]:
    return {"now": now, "since": now - silence(uow.settings)}


# Asked for every job and at every bell: built once, since building a statement costs more than running it.
_DUE = Due.at(bindparam("now", type_=UtcDateTime()), bindparam("since", type_=UtcDateTime()))
_ANY = select(Job.id).where(or_(_DUE.waits, _DUE.is_lost), MAY_MOVE).limit(1)
_IS_FULL = _DUE.full.where(BUSY.provider == bindparam("provider"))
_COUNT = (
    select(Job.id)
    .where(or_(_DUE.waits, _DUE.is_lost), MAY_MOVE, _DUE.room)
    .limit(bindparam("at_most", type_=Integer()))
)
_LOST, _BEST = (
    select(Job)
    .where(ready, MAY_MOVE, _DUE.room, OURS)
    .order_by(*ORDER)
    .limit(1)
    .with_for_update(skip_locked=True, of=Job)
    for ready in (_DUE.is_lost, _DUE.waits)
)
_CLOCK = text("SELECT clock_timestamp() FROM set_config('synchronous_commit', 'off', true)")
_PLACE = text("SELECT pg_advisory_xact_lock(hashtext('ez.provider:' || :name))")
_TABLE = Job.__table__
assert isinstance(_TABLE, Table)
_TAKE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("its_id"))
    .values(
        {
            name: bindparam(name)
            for name in ("state", "owner", "fence", "attempts", "lost_leases", "lease_until")
        }
    )
)
