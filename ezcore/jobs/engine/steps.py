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
    """The step rows, made at the first claim so that later steps can be seen waiting."""
    rows = list(
        uow.session.scalars(select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position))
    )
    if not rows:
        rows = [
            JobStep(job_id=job.id, position=position, name=step.name, title=step.title)
            for position, step in enumerate(steps)
        ]
        uow.session.add_all(rows)
        uow.session.flush()
    return rows


def begin(uow: UnitOfWork, row: JobStep) -> None:
    """Show the step as the one running now; its clock starts once, so its deadline is total."""
    row.state = StepState.NOW
    row.started_at = row.started_at or uow.database_now()


def as_json(value: Any) -> Any:
    """What a step returned, as it is stored."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
