"""Reads and writes the step rows of a claimed job, always fenced by its owner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Table, Update, bindparam, func, select, update

from ezcore.db.types import UtcDateTime
from ezcore.jobs.models import Job, JobState, JobStep, StepState
from ezcore.plugin_api.jobs import Step
from ezcore.work import UnitOfWork

LARGEST_RESULT = 256 * 1024


# While the row still carries our owner and fence, nobody else has taken the job.
OURS: Final = (
    Job.id == bindparam("its_id"),
    Job.owner == bindparam("its_owner"),
    Job.fence == bindparam("its_fence"),
    Job.state == JobState.RUNNING,
)


class LostLease(Exception):
    """Another worker has taken the job; whatever we were about to write must not be written."""


def hold(uow: UnitOfWork, job: Job, **changes: Any) -> None:
    """Change the job row if it is still ours; take its row lock in any case. Raises: LostLease."""
    changes.setdefault("lost_leases", 0)
    ours = {"its_id": job.id, "its_owner": job.owner, "its_fence": job.fence}
    taken = uow.session.execute(_holding(tuple(sorted(changes))), ours | changes)
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise LostLease(f"job {job.id} fence {job.fence}")


@cache
def _holding(names: tuple[str, ...]) -> Update:
    """The UPDATE for these columns, built once: every job needs it four times and more."""
    table = Job.__table__
    assert isinstance(table, Table)
    return update(table).where(*OURS).values({name: bindparam(name) for name in names})


def rows_of(uow: UnitOfWork, job: Job, steps: Sequence[Step[Any]]) -> list[JobStep]:
    """One row per step, in the order of the steps.

    They are made at the first claim, so that later steps can be seen waiting. A job that was begun by another
    release keeps what is done, by name; new steps are added, those that are gone and were not begun dropped.
    """
    begun_before = job.attempts > 1
    stored = uow.session.scalars(_OF_JOB, {"its_job": job.id}) if begun_before else ()
    found = {row.name: row for row in stored}
    names = [step.name for step in steps]
    if found and list(found) != names:
        _rearrange(uow, found, names)
    for position, step in enumerate(steps):
        if step.name not in found:
            row = JobStep(
                job_id=job.id, position=position, name=step.name, title=step.title, state=StepState.TODO
            )
            uow.session.add(row)
            found[step.name] = row
    return [found[name] for name in names]


def _rearrange(uow: UnitOfWork, found: dict[str, JobStep], names: list[str]) -> None:
    for name in [name for name in found if name not in names]:
        row = found.pop(name)
        if row.state == StepState.TODO:
            uow.session.delete(row)
        else:
            row.position += len(names) + 1000  # what it did stays visible, after the others
    # Positions are unique: step aside first, then take the new place.
    for aside in (500, 0):
        for name, row in found.items():
            row.position = names.index(name) + aside
        uow.session.flush()


def begin_first(now: datetime, steps: Sequence[Step[Any]], lines: Sequence[JobStep]) -> JobStep | None:
    """Show the first step that is not done as the one running now, in the transaction that made or found its row."""
    if any(line.state == StepState.FAILED for line in lines):
        return None
    for step, line in zip(steps, lines, strict=True):
        if line.state != StepState.DONE:
            if step.run is None:
                return None
            line.state, line.started_at = StepState.NOW, line.started_at or now
            return line
    return None


def begin(uow: UnitOfWork, job: Job, line: JobStep) -> None:
    """Show the step as the one running now; its clock starts once, so its deadline is total."""
    hold(uow, job, lost_leases=job.lost_leases)
    now = uow.database_now()
    uow.session.execute(_BEGIN, {"its_id": line.id, "now": now})
    line.state, line.started_at = StepState.NOW, line.started_at or now


def record(uow: UnitOfWork, line: JobStep, result: Any) -> JobStep:
    """The step is done and never runs again."""
    now = uow.database_now()
    uow.session.execute(_RECORD, {"its_id": line.id, "now": now, "its_result": result})
    return recorded(line, result, now)


def recorded(line: JobStep, result: Any, now: datetime) -> JobStep:
    """Our copy of a step's row, after the row itself was written."""
    line.state, line.result, line.started_at = StepState.DONE, result, line.started_at or now
    line.note, line.handle, line.finished_at = None, None, now
    return line


def as_json(value: Any) -> Any:
    """What a step returned, as it is stored. Raises: ValueError when it is too large to be a result."""
    found = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    if found is not None and len(json.dumps(found)) > LARGEST_RESULT:
        raise ValueError(f"the step's result is too large: more than {LARGEST_RESULT} bytes")
    return found


_OF_JOB = select(JobStep).where(JobStep.job_id == bindparam("its_job")).order_by(JobStep.position)
_TABLE = JobStep.__table__
assert isinstance(_TABLE, Table)
_NOW = bindparam("now", type_=UtcDateTime())
_ITS = update(_TABLE).where(_TABLE.c.id == bindparam("its_id"))
_BEGIN = _ITS.values(state=StepState.NOW, started_at=func.coalesce(_TABLE.c.started_at, _NOW))


def step_done(now: ColumnElement[datetime]) -> dict[str, Any]:
    """Columns of a step that is done at `now`, by the database's clock; `its_result` is the parameter of its result."""
    return {
        "state": StepState.DONE,
        "started_at": func.coalesce(_TABLE.c.started_at, now),
        "finished_at": now,
        "result": bindparam("its_result", type_=_TABLE.c.result.type),
        "note": None,
        "handle": None,
    }


_RECORD = _ITS.values(step_done(_NOW))
