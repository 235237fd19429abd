"""/admin/jobs/: every durable job, grouped by cause where something is wrong, with what staff may do about it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import and_, select

from ezcore.billing.invoices.models import Invoice
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobLog, JobState, JobStep
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.services.services.models import Service
from ezcore.web.admin.job_words import about, causes, kind_title, shown_state
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

ACTIONS = {"retry": jobs.retry, "cancel": jobs.cancel, "mark_done": jobs.mark_done, "answer": jobs.answer}
WAITING = (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED)
BULK = 500


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
    query = _with_subjects().order_by(Job.id.desc())
    if request.GET.get("state") in counts:
        query = query.where(Job.state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        job, label, number = found
        return [
            link(request, kind_title(request, job.kind), "admin.job", f"#{job.id} {job.kind}", id=job.id),
            badge(shown_state(job)),
            about(request, job, label, number),
            job.cause or "",
            job.attempts,
            moment(job.finished_at or job.run_at, zone),
        ]

    found = listing(
        request,
        query,
        row,
        title="Job queue",
        lead="Every charge, creation, suspension and mail is a job here.",
        columns=(
            Column("Job"),
            Column("Status", "c-r"),
            Column("About", "c-wide"),
            Column("Cause", "c-wide cause"),
            Column("Tries", "end c-hide"),
            Column("Next or last run", "c-hide"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="Nothing waits.",
    )
    found.extra = {"causes": causes(request.uow)}
    return found.page()


@page(
    "admin.jobs.retry",
    "/admin/jobs/retry/",
    method="POST",
    permission="jobs.manage",
    audit="job.retry",
)
def retry_by_cause(request: Any) -> Any:
    """Run the waiting and failed jobs of one cause again now; what cannot run now is left as it is.

    Stands before the page of one job, whose address would fit `retry` too.
    """
    cause, session = read_form(request, Cause).checked().cause, request.uow.session
    query = select(Job).where(Job.cause == cause, Job.state.in_(WAITING)).order_by(Job.id).limit(BULK)
    found, left = session.scalars(query).all(), 0
    if not found:
        raise InvalidInput("no job waits for this cause any more", field="cause")
    for each in found:
        try:
            with session.begin_nested():
                jobs.retry(request.uow, each, f"retry by cause: {cause}"[:400])
        except Refused:
            left += 1  # a worker took it meanwhile, or its service does something else
    flash(request, "ok", f"{len(found) - left} jobs run again now" + (f", {left} cannot" if left else ""))
    return HTTPSeeOther(request.route_path("admin.jobs"))


@page("admin.job", "/admin/jobs/{id}/", permission="staff.read", template="admin/job.pt")
def job(request: Any) -> dict[str, Any]:
    """One job: steps with times, cause, tries, the masked request log."""
    return _facts(request, path_id(request), {})


@page(
    "admin.job.act",
    "/admin/jobs/{id}/{verb}/",
    method="POST",
    permission="jobs.manage",
    audit="job.<verb>",
    template="admin/job.pt",
)
def act(request: Any) -> Any:
    """Retry (or run now), cancel, mark done or answer."""
    number, verb = path_id(request), request.matchdict["verb"]
    found: Job | None = request.uow.session.get(Job, number)
    if found is None or verb not in ACTIONS:
        raise NotFound("there is no such job or action")
    form = read_form(request, Why)
    reason = form.checked().reason.strip() if form.is_valid else ""
    if form.is_valid and not reason and verb != "retry":
        form.errors["reason"] = "Write the answer" if verb == "answer" else "Say why: the audit log keeps it"
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, number, form.errors, form.value("reason"))
    ACTIONS[verb](request.uow, found, reason)
    flash(request, "ok", f"Job {found.id}: {verb.replace('_', ' ')}")
    return HTTPSeeOther(request.route_path("admin.job", id=found.id))


def _facts(request: Any, number: int, errors: dict[str, str], typed: str = "") -> dict[str, Any]:
    session = request.uow.session
    row = session.execute(_with_subjects().where(Job.id == number)).first()
    if row is None:
        raise NotFound("there is no such job")
    found, label, invoice_number = row
    steps = select(JobStep).where(JobStep.job_id == number).order_by(JobStep.position)
    log = select(JobLog).where(JobLog.job_id == number).order_by(JobLog.id.desc()).limit(100)
    return {
        "job": found,
        "job_title": kind_title(request, found.kind),
        "about": about(request, found, label, invoice_number),
        "shown": shown_state(found),
        "errors": errors,
        "typed": typed,
        "steps": session.scalars(steps).all(),
        "log": session.scalars(log).all(),
        "waits": found.state in WAITING,
    }


def _with_subjects() -> Any:
    """Jobs with the label of their service and the number of their invoice: a row names what it is about."""
    service = and_(Job.subject_kind == "service", Service.id == Job.subject_id)
    invoice = and_(Job.subject_kind == "invoice", Invoice.id == Job.subject_id)
    return select(Job, Service.label, Invoice.number).outerjoin(Service, service).outerjoin(Invoice, invoice)
