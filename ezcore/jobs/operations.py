"""Verbs on jobs: enqueue with the change that needs them; retry, cancel, answer, mark done by staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job, JobState, JobStep, StaffTask, StepState
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.jobs import JobKind
from ezcore.work import UnitOfWork

MANAGE = "jobs.manage"


def enqueue(
    uow: UnitOfWork,
    kind: JobKind,
    key: str,
    payload: dict[str, Any],
    *,
    subject: tuple[str, int] | None = None,
    client_id: int | None = None,
    provider: str | None = None,
    run_at: datetime | None = None,
) -> Job:
    """Write a job in the same transaction as the change that needs it, and ring after commit.

    Asking twice with the same `key` gives the row that is there. `provider` is its bulkhead.
    """
    by_key = select(Job).where(Job.key == key)
    found = uow.session.scalars(by_key).first()
    if found is not None:
        return found
    values = {
        "kind": kind.name,
        "key": key,
        "payload": payload,
        "subject_kind": subject[0] if subject else "",
        "subject_id": subject[1] if subject else None,
        "client_id": client_id,
        "provider": provider,
        "priority": kind.priority,
        "run_at": run_at or uow.database_now(),
        "actor_name": uow.actor.name,
        "created_at": uow.now(),
    }
    # Two may ask at the same moment: the unique key decides, and the second is given the row of the first.
    if insert_once(uow.session, Job, values) is not None:
        uow.ring()
    return uow.session.scalars(by_key).one()


def retry(uow: UnitOfWork, job: Job, reason: str = "") -> None:
    """Run a waiting, stuck or failed job again now, from its first step that is not done.

    Emits: JobReopened when it had failed for good. Raises: NotAllowed; Refused when the job runs or is over well.
    """
    uow.actor.require(MANAGE)
    _lock(uow, job)
    if job.state not in (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED):
        raise Refused(f"job {job.id} is {job.state}; only waiting or failed jobs can be retried")
    over = job.state == JobState.FAILED
    _move(uow, job, JobState.QUEUED, "job.retry", reason)
    if over:
        uow.emit(JobReopened(job.id, job.kind))
    job.run_at = uow.database_now()
    job.failures, job.first_failed_at, job.finished_at = 0, None, None
    _begin_anew(uow, job)
    uow.ring()


def answer(uow: UnitOfWork, job: Job, text: str) -> None:
    """Answer the question of a job that is `needs_info`; it goes on. Raises: NotAllowed, Refused."""
    uow.actor.require(MANAGE)
    _lock(uow, job)
    if job.state != JobState.NEEDS_INFO:
        raise Refused(f"job {job.id} asks nothing")
    job.answer = text
    close_task(uow, job, text)
    uow.session.flush()
    retry(uow, job, reason=f"answered: {text}")


def cancel(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Give up a job that is not running; what it left at the vendor stays. Raises: Refused."""
    uow.actor.require(MANAGE)
    _close(uow, job, JobState.CANCELLED, "job.cancel", reason)


def mark_done(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Staff did it by hand. Raises: Refused."""
    uow.actor.require(MANAGE)
    _close(uow, job, JobState.COMPLETE, "job.mark_done", reason)


def open_task(uow: UnitOfWork, job: Job, title: str, cause: str) -> None:
    """Ask a person, once per job while the question is open."""
    key = f"job:{job.id}"
    task = uow.session.scalars(select(StaffTask).where(StaffTask.key == key)).first()
    if task is None:
        task = StaffTask(
            key=key,
            job_id=job.id,
            client_id=job.client_id,
            title=title[:200],
            cause=cause,
            opened_at=uow.now(),
        )
        uow.session.add(task)
    else:
        task.title, task.cause, task.closed_at, task.resolution = title[:200], cause, None, None


def close_task(uow: UnitOfWork, job: Job, resolution: str) -> None:
    """The question answered itself, or was answered."""
    uow.session.execute(
        update(StaffTask)
        .where(StaffTask.job_id == job.id, StaffTask.closed_at.is_(None))
        .values(closed_at=uow.now(), resolution=resolution)
    )


def _lock(uow: UnitOfWork, job: Job) -> None:
    """Read the row again and keep it: a worker may have claimed it since it was shown."""
    uow.session.refresh(job, with_for_update=True)


def _begin_anew(uow: UnitOfWork, job: Job) -> None:
    """Steps that were not done start over; one that the vendor works on keeps its handle, not its clock."""
    again = update(JobStep).where(JobStep.job_id == job.id).execution_options(synchronize_session="fetch")
    uow.session.execute(
        again.where(JobStep.state.in_([StepState.FAILED, StepState.UNDONE])).values(
            state=StepState.TODO, result=None, handle=None, note=None, started_at=None, finished_at=None
        )
    )
    uow.session.execute(again.where(JobStep.state == StepState.NOW).values(started_at=None, note=None))


def _close(uow: UnitOfWork, job: Job, state: JobState, verb: str, reason: str) -> None:
    if not reason.strip():
        raise Refused("say why: the reason is kept in the audit log")
    _lock(uow, job)
    if job.state in (JobState.RUNNING, JobState.COMPLETE, JobState.CANCELLED):
        raise Refused(f"job {job.id} is {job.state}")
    _move(uow, job, state, verb, reason)
    job.finished_at = uow.now()
    close_task(uow, job, reason)
    uow.emit(JobClosed(job.id, job.kind, str(state)))


def _move(uow: UnitOfWork, job: Job, state: JobState, verb: str, reason: str) -> None:
    audit.record(
        uow,
        verb,
        "job",
        job.id,
        client_id=job.client_id,
        before={"state": str(job.state)},
        after={"state": str(state)},
        reason=reason or None,
    )
    job.state = state
    job.cause, job.question = None, None
