"""PostgreSQL's short way to a job: found and taken by one statement, where it asks no provider.

Whoever asks a provider takes the long way in `claim`, where places are counted. The statement is a transaction of its
own; a claim that a crash of the database forgets was none, so it need not reach the disk.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, Table, bindparam, func, select, true, update
from sqlalchemy.orm.attributes import manager_of_class

from ezcore.jobs.engine.due import MAY_MOVE, ORDER, OURS, Due, silence
from ezcore.jobs.models import Job, JobState
from ezcore.work import Work


def grasp(work: Work, owner: str, lease_seconds: float, *, vendors: bool) -> Job | None:
    """Take the best job that waits if it asks no provider; None says nothing about what else is due.

    SQLite and a virtual clock have no short way.
    """
    if work.virtual_time or work.engine.dialect.name != "postgresql":
        return None
    values: dict[str, Any] = {
        "its_owner": owner,
        "lease": timedelta(seconds=lease_seconds),
        "silent": silence(work.settings),
        "vendors": vendors,
    }
    found = work.at_once.first(_GRASP, values)
    return None if found is None else _as_read(found)


def _as_read(columns: dict[str, Any]) -> Job:
    """A job as a query would have loaded it; the constructor would note every column as a change."""
    job: Job = manager_of_class(Job).new_instance()
    job.__dict__.update(columns)
    return job


_NOW = func.now()
_DUE = Due.at(_NOW, _NOW - bindparam("silent", type_=Interval()))
_TABLE = Job.__table__
assert isinstance(_TABLE, Table)
_BEST = (
    select(Job.id, Job.provider, func.set_config("synchronous_commit", "off", true()))
    .where(_DUE.waits, MAY_MOVE, _DUE.room, OURS)
    .order_by(*ORDER)
    .limit(1)
    .with_for_update(skip_locked=True, of=Job)
    .cte("best")
)
_GRASP = (
    update(_TABLE)
    .where(_TABLE.c.id == _BEST.c.id, _BEST.c.provider.is_(None))
    .values(
        state=JobState.RUNNING,
        owner=bindparam("its_owner"),
        fence=_TABLE.c.fence + 1,
        attempts=_TABLE.c.attempts + 1,
        lease_until=_NOW + bindparam("lease", type_=Interval()),
    )
    .returning(*_TABLE.c)
)
