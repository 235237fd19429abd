"""/admin/jobs/: every durable job, grouped by cause where something is wrong, with what staff may do about it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobLog, JobState, JobStep
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.web.admin.dashboard import causes
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

ACTIONS = {"retry": jobs.retry, "cancel": jobs.cancel, "mark_done": jobs.mark_done, "answer": jobs.answer}


class Why(BaseModel):
    """The reason, or the answer to the job's question."""

    reason: str = Field(default="", max_length=400)


class Cause(BaseModel):
    """Which jobs a bulk retry means."""

    cause: str = Field(min_length=1, max_length=4000)


@page("admin.jobs", "/admin/jobs/", permission="staff.read", template="admin/jobs.pt")
def jobs_list(request: Any) -> dict[str, Any]:
    """Jobs, newest first; causes above them."""
    zone, counts = request.settings.shop.time_zone, counted(request, Job.state)
    query = select(Job).order_by(Job.id.desc())
    if request.GET.get("state") in counts:
        query = query.where(Job.state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        (job,) = found
        return [
            link(request, _title(request, job), "admin.job", job.key, id=job.id),
            badge(_shown(job)),
            f"{job.subject_kind} {job.subject_id}" if job.subject_id else "",
            job.cause or "",
            job.attempts,
            moment(job.run_at, zone),
        ]

    found = listing(
        request,
        query,
        row,
        title="Job queue",
        lead="Every charge, creation, suspension and mail is a job here.",
        columns=(
            Column("Job"),
            Column("Status"),
            Column("About", "c-hide"),
            Column("Cause", "c-hide"),
            Column("Tries", "end"),
            Column("Next or last run", "c-hide"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="Nothing waits.",
    )
    found.extra = {"causes": causes(request.uow)}
    return found.page()


@page("admin.job", "/admin/jobs/{id}/", permission="staff.read", template="admin/job.pt")
def job(request: Any) -> dict[str, Any]:
    """One job: steps with times, cause, tries, the masked request log."""
    return _facts(request, _job(request), {})


@page(
    "admin.job.act",
    "/admin/jobs/{id}/{verb}/",
    method="POST",
    permission="jobs.manage",
    audit="job.<verb>",
    template="admin/job.pt",
)
def act(request: Any) -> Any:
    """Retry, cancel, mark done or answer."""
    found, verb = _job(request), request.matchdict["verb"]
    if verb not in ACTIONS:
        raise NotFound("there is no such action")
    form = read_form(request, Why)
    reason = form.checked().reason.strip() if form.is_valid else ""
    if not form.is_valid or (not reason and verb != "retry"):
        request.response.status_code = 422
        return _facts(request, found, form.errors or {"reason": "Say why: it is kept in the audit log"})
    ACTIONS[verb](request.uow, found, reason)
    flash(request, "ok", f"Job {found.id}: {verb.replace('_', ' ')}")
    return HTTPSeeOther(request.route_path("admin.job", id=found.id))


@page(
    "admin.jobs.retry",
    "/admin/jobs/retry/",
    method="POST",
    permission="jobs.manage",
    audit="job.retry",
)
def retry_by_cause(request: Any) -> Any:
    """Run every waiting or failed job of one cause again now; safe to repeat."""
    cause = read_form(request, Cause).checked().cause
    retryable = (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED)
    found = request.uow.session.scalars(
        select(Job).where(Job.cause == cause, Job.state.in_(retryable)).limit(1000)
    ).all()
    if not found:
        raise InvalidInput("no job waits for this cause any more", field="cause")
    for each in found:
        jobs.retry(request.uow, each, f"retry by cause: {cause}"[:400])
    flash(request, "ok", f"{len(found)} jobs run again now")
    return HTTPSeeOther(request.route_path("admin.jobs"))


def _facts(request: Any, found: Job, errors: dict[str, str]) -> dict[str, Any]:
    session = request.uow.session
    return {
        "job": found,
        "job_title": _title(request, found),
        "shown": _shown(found),
        "errors": errors,
        "steps": session.scalars(
            select(JobStep).where(JobStep.job_id == found.id).order_by(JobStep.position)
        ).all(),
        "log": session.scalars(
            select(JobLog).where(JobLog.job_id == found.id).order_by(JobLog.id.desc()).limit(100)
        ).all(),
        "can_retry": found.state in (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED),
        "can_close": found.state in (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED),
    }


def _job(request: Any) -> Job:
    found: Job | None = request.uow.session.get(Job, path_id(request))
    if found is None:
        raise NotFound("there is no such job")
    return found


def _title(request: Any, found: Job) -> str:
    kinds = request.registry.get("ez.kinds") or {}
    return kinds[found.kind].title if found.kind in kinds else found.kind


def _shown(found: Job) -> str:
    return "retrying" if found.state == JobState.QUEUED and found.failures else found.state
