"""Which jobs may be taken now: what waits and is due, what lost its worker, and where there is room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from ezcore.jobs.models import Installation, Job, JobState, WorkerProcess
from ezcore.jobs.providers.queries import shut
from ezcore.settings import Settings

MISSED_BEATS = 4
SHORTEST_SILENCE = 2.0


def _word(value: str) -> ColumnElement[str]:
    """A word of our own, written out: PostgreSQL keeps one plan, and sees which partial index serves it."""
    return literal_column(f"'{value}'", String())


QUEUED, RUNNING = _word(JobState.QUEUED), _word(JobState.RUNNING)
# While an old backup is suspected, what moves money or machines waits (see `jobs/hold.py`).
_HELD = select(Installation.id).where(Installation.held_at.is_not(None)).exists()
MAY_MOVE = or_(~_HELD, and_(Job.kind.not_like(_word("billing.%")), Job.kind.not_like(_word("services.%"))))
OURS = or_(Job.provider.is_(None), bindparam("vendors", type_=Boolean()))
"""A process in which too many calls hang takes no job of a provider."""
ORDER = (Job.priority.desc(), Job.run_at, Job.id)
BUSY = aliased(Job)


@dataclass(frozen=True)
class Due:
    """Conditions on jobs at one moment; `full` gives the names of the providers that have no room."""

    waits: ColumnElement[bool]
    is_lost: ColumnElement[bool]
    full: Select[Any]
    room: ColumnElement[bool]

    @classmethod
    def at(cls, now: Any, since: Any) -> Self:
        """At `now`, with the workers seen since `since`: expressions, so that statements are built once."""
        full = _full(now, since)
        # Names are read once per claim, not once per job.
        asks_one_with_room = and_(Job.provider.not_in(full), Job.provider.not_in(shut(now)))
        return cls(
            waits=and_(Job.state == QUEUED, Job.run_at <= now),
            is_lost=and_(Job.state == RUNNING, Job.lease_until < now),
            full=full,
            room=or_(Job.provider.is_(None), asks_one_with_room),
        )


def silence(settings: Settings) -> timedelta:
    """A worker unheard of for so long is dead: its threads are no room, or one that hangs would take all."""
    return timedelta(seconds=max(SHORTEST_SILENCE, MISSED_BEATS * settings.jobs.sweep_seconds))


def _full(now: Any, since: Any) -> Select[Any]:
    """At most half of all living worker threads on one provider, at least one."""
    living = select(func.coalesce(func.sum(WorkerProcess.threads), literal_column("2", Integer()))).where(
        WorkerProcess.seen_at >= since
    )
    half = cast(living.scalar_subquery(), Integer) // literal_column("2", Integer())
    return (
        select(BUSY.provider)
        .where(BUSY.state == RUNNING, BUSY.lease_until >= now, BUSY.provider.is_not(None))
        .group_by(BUSY.provider)
        .having(func.count() >= case((half < 1, 1), else_=half))
    )
