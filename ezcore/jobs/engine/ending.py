"""PostgreSQL's short way out of a job: its last step, its end and the trail's row in one statement.

Only where nothing else is to be written; everybody else takes the long way in `Engine`. The statement is a
transaction of its own, and changes nothing when the job is no longer ours.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Insert, bindparam, func, select, update

from ezcore.audit.statements import insert_with, values_of
from ezcore.db.types import UtcDateTime
from ezcore.jobs.engine.context import Settled
from ezcore.jobs.engine.steps import OURS, LostLease, recorded, step_done
from ezcore.jobs.models import Job, JobState, JobStep
from ezcore.kernel.actor import SYSTEM
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.jobs import Step
from ezcore.work import Work


def ends_plainly(work: Work, job: Job, step: Step[Any] | None) -> bool:
    """Is nothing to be written at this job's end but the end itself? At a first try nobody can have been asked."""
    writes_more = isinstance(step, Settled) and step.settle is not None
    first = job.attempts == 1 and job.provider is None
    return first and not writes_more and not work.virtual_time and work.engine.dialect.name == "postgresql"


def end(work: Work, job: Job, line: JobStep | None, result: Any) -> JobStep | None:
    """Record the last step, if there is one, and complete the job. Raises: LostLease."""
    now = work.clock.now()
    values = values_of(
        SYSTEM,
        now,
        verb=f"job.{JobState.COMPLETE}",
        object_kind="job",
        object_id=job.id,
        client_id=job.client_id,
        before={"state": str(JobState.RUNNING)},
        after={"state": str(JobState.COMPLETE)},
    )
    values |= {"its_id": job.id, "its_owner": job.owner, "its_fence": job.fence, "now": now}
    if line is not None:
        values |= {"its_line": line.id, "its_result": result}
    if work.at_once.changed(_END if line is None else _END_WITH_STEP, values) != 1:
        raise LostLease(f"job {job.id} fence {job.fence}")
    crashpoint("work.committed")
    return None if line is None else recorded(line, result, now)


def _statement(*, with_step: bool) -> Insert:
    over = (
        update(Job)
        .where(*OURS)
        .values(
            state=JobState.COMPLETE,
            finished_at=bindparam("now", type_=UtcDateTime()),
            lease_until=None,
            question=None,
            cause=None,
            failures=0,
            first_failed_at=None,
            lost_leases=0,
        )
        .returning(Job.id)
        .cte("over")
    )
    trail = insert_with(over)
    if not with_step:
        return trail
    step = (
        update(JobStep)
        .where(JobStep.id == bindparam("its_line"), JobStep.job_id == select(over.c.id).scalar_subquery())
        .values(**step_done(func.now()))
    )
    return trail.add_cte(step.cte("step"))


_END: Final = _statement(with_step=False)
_END_WITH_STEP: Final = _statement(with_step=True)
