"""How the admin area speaks of jobs: what kind, about what, in which state, and what keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from ezcore.jobs.models import Job, JobState
from ezcore.languages import say
from ezcore.web.admin.tables import link
from ezcore.work import UnitOfWork

CAUSES_SHOWN = 10


@dataclass(frozen=True)
class Trouble:
    """So many jobs in one state for one cause; `cause` is None when none was written down. `job` is one of them."""

    state: str
    cause: str | None
    jobs: int
    job: int


def causes(uow: UnitOfWork) -> list[Trouble]:
    """What keeps jobs: those that failed, that ask a person, that are tried again, or that wait for a plugin."""
    kept = (Job.state == JobState.QUEUED) & or_(Job.failures > 0, Job.cause.is_not(None))
    rows = uow.session.execute(
        select(Job.state, Job.cause, func.count(), func.min(Job.id))
        .where(Job.state.in_((JobState.FAILED, JobState.NEEDS_INFO)) | kept)
        .group_by(Job.state, Job.cause)
        .order_by(func.count().desc(), Job.cause)
        .limit(CAUSES_SHOWN)
    )
    return [
        Trouble("retrying" if state == JobState.QUEUED else str(state), cause, int(count), int(job))
        for state, cause, count, job in rows
    ]


def kind_title(request: Any, kind: str) -> str:
    """The kind in words; its name when no room or plugin of this process brings it."""
    kinds = request.registry.get("ez.kinds") or {}
    return say(str(kinds[kind].title)) if kind in kinds else kind


def shown_state(job: Job) -> str:
    """`retrying` is a queued job that failed before."""
    return "retrying" if job.state == JobState.QUEUED and job.failures else str(job.state)


def about(request: Any, job: Job, label: str | None, number: str | None) -> Any:
    """The record that the job is about, by name, as a link where it has a page."""
    if label is not None:
        return link(
            request,
            label,
            "admin.service",
            say("service ${subject_id}", subject_id=job.subject_id),
            id=job.subject_id,
        )
    if number is not None:
        return link(request, number, "admin.invoice", say("invoice"), number=number)
    kind = say(job.subject_kind.replace("_", " "))
    return f"{kind} {job.subject_id}" if job.subject_id else kind
