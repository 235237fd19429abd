"""Reads and writes the step rows of a claimed job, always fenced by its owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select, update

from ezcore.jobs.models import Job, JobState, JobStep, StepState
from ezcore.plugin_api.jobs import Step
from ezcore.work import UnitOfWork


class LostLease(Exception):
    """Another worker has taken the job; whatever we were about to write must not be written."""


def hold(uow: UnitOfWork, job: Job, **changes: Any) -> None:
    """Change the job row if it is still ours; take its row lock in any case. Raises: LostLease."""
    ours = (Job.id == job.id, Job.owner == job.owner, Job.fence == job.fence, Job.state == JobState.RUNNING)
    changes.setdefault("lost_leases", 0)
    taken = uow.session.execute(update(Job).where(*ours).values(**changes))
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise LostLease(f"job {job.id} fence {job.fence}")


def rows_of(uow: UnitOfWork, job: Job, steps: Sequence[Step[Any]]) -> list[JobStep]:
    """One row per step, in the order of the steps.

    They are made at the first claim, so that later steps can be seen waiting. A job that was begun by another
    release keeps what is done, by name; new steps are added, those that are gone and were not begun dropped.
    """
    stored = uow.session.scalars(select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position))
    found = {row.name: row for row in stored}
    names = [step.name for step in steps]
    if list(found) != names:
        _rearrange(uow, found, names)
    for position, step in enumerate(steps):
        if step.name not in found:
            row = JobStep(
                job_id=job.id, position=position, name=step.name, title=step.title, state=StepState.TODO
            )
            uow.session.add(row)
            found[step.name] = row
    uow.session.flush()
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


def begin(uow: UnitOfWork, job: Job, line: JobStep) -> JobStep:
    """Show the step as the one running now; its clock starts once, so its deadline is total."""
    hold(uow, job, lost_leases=job.lost_leases)
    row = uow.session.get_one(JobStep, line.id)
    row.state = StepState.NOW
    row.started_at = row.started_at or uow.database_now()
    return row


def record(uow: UnitOfWork, line: JobStep, result: Any) -> JobStep:
    """The step is done and never runs again."""
    row = uow.session.get_one(JobStep, line.id)
    now = uow.database_now()
    row.started_at = row.started_at or now
    row.state, row.result, row.finished_at = StepState.DONE, result, now
    row.note, row.handle = None, None
    return row


def as_json(value: Any) -> Any:
    """What a step returned, as it is stored."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
