"""Verbs on jobs: enqueue with the change that needs them; retry, cancel, answer, mark done by staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job, JobState, JobStep, StaffTask, StepState
from ezcore.jobs.rules import read_answer
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.jobs import JobKind
from ezcore.work import UnitOfWork

MANAGE = "jobs.manage"
ANSWER = "client.services"


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

    A job that is taking back its effects goes on with that. Emits: JobReopened when it had failed for good.
    Raises: NotAllowed; Refused when the job runs or is over well.
    """
    uow.actor.require(MANAGE)
    _run_again(uow, job, reason)


def retry_many(uow: UnitOfWork, found: Sequence[Job], reason: str) -> dict[int, str]:
    """Run these again now; what cannot run now is left as it is: gives the reasons by job. Safe to repeat.

    Raises: NotAllowed.
    """
    uow.actor.require(MANAGE)
    left = {}
    for job in found:
        try:
            with uow.session.begin_nested():
                retry(uow, job, reason)
        except Refused as refused:
            left[job.id] = refused.message  # a worker took it meanwhile, or its service does something else
    return left


def answer(uow: UnitOfWork, job: Job, given: str | Mapping[str, str]) -> None:
    """Answer the question of a job that is `needs_info`; it goes on. Staff, or the client it asks.

    Raises: NotFound (another client's); NotAllowed; Refused when it asks nothing (of this person); InvalidInput,
        naming the field.
    """
    _may_answer(uow, job)
    _lock(uow, job)
    if job.state != JobState.NEEDS_INFO or (uow.actor.kind == "client" and job.asks != "client"):
        raise Refused(f"job {job.id} asks nothing")
    words = read_answer(job.ask_fields, given)
    job.answer = words
    close_task(uow, job, words)
    uow.session.flush()
    _run_again(uow, job, reason=f"answered: {words}"[:400])


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
    closed = {"its_job": job.id, "closed_at": uow.now(), "resolution": resolution}
    uow.session.execute(_CLOSE, closed)


def ask_staff(uow: UnitOfWork, key: str, title: str, cause: str, client_id: int | None = None) -> None:
    """Ask a person something that no job waits for, once per key; a question that was closed is opened again."""
    row = {
        "key": key[:160],
        "client_id": client_id,
        "title": title[:200],
        "cause": cause,
        "opened_at": uow.now(),
    }
    if insert_once(uow.session, StaffTask, row) is None:
        uow.session.execute(
            update(StaffTask)
            .where(StaffTask.key == key[:160])
            .values(title=title[:200], cause=cause, closed_at=None, resolution=None)
        )


def settle_question(uow: UnitOfWork, key: str, resolution: str) -> None:
    """The question of `ask_staff` answered itself, or was answered."""
    uow.session.execute(
        update(StaffTask)
        .where(StaffTask.key == key[:160], StaffTask.closed_at.is_(None))
        .values(closed_at=uow.now(), resolution=resolution)
    )


def _run_again(uow: UnitOfWork, job: Job, reason: str) -> None:
    _lock(uow, job)
    if job.state not in (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED):
        raise Refused(f"job {job.id} is {job.state}; only waiting or failed jobs can be retried")
    over, waited = job.state == JobState.FAILED, job.state == JobState.QUEUED
    _move(uow, job, JobState.QUEUED, "job.retry", reason)
    if over:
        uow.emit(JobReopened(job.id, job.kind))
    job.run_at = uow.database_now()
    job.failures, job.first_failed_at, job.finished_at = 0, None, None
    if not waited:  # a queued job with a failed step takes back what it did, and goes on with that
        job.left_behind = []
        _begin_anew(uow, job)
    else:
        _wind_up(uow, job)
    uow.ring()


def _may_answer(uow: UnitOfWork, job: Job) -> None:
    actor = uow.actor
    if actor.kind != "client":
        actor.require(MANAGE)
        return
    if job.client_id is None or job.client_id != actor.client_id:
        raise NotFound("there is no such question")
    actor.require(ANSWER)


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
    _wind_up(uow, job)


def _wind_up(uow: UnitOfWork, job: Job) -> None:
    """The step that was under way has its whole deadline before it again."""
    now = update(JobStep).where(JobStep.job_id == job.id, JobStep.state == StepState.NOW)
    uow.session.execute(now.values(started_at=None, note=None).execution_options(synchronize_session="fetch"))


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
        before={"state": str(job.state)} | ({"left_behind": job.left_behind} if job.left_behind else {}),
        after={"state": str(state)},
        reason=reason or None,
    )
    job.state = state
    job.ask_fields = []
    job.cause, job.question = None, None


_TASKS = StaffTask.__table__
assert isinstance(_TASKS, Table)
_CLOSE = (
    update(_TASKS)
    .where(_TASKS.c.job_id == bindparam("its_job"), _TASKS.c.closed_at.is_(None))
    .values(closed_at=bindparam("closed_at"), resolution=bindparam("resolution"))
)
