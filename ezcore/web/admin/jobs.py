"""/admin/jobs/: every durable job, grouped by cause where something is wrong, with what staff may do about it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import and_, select

from ezcore.billing.invoices.models import Invoice
from ezcore.jobs import operations as jobs
from ezcore.jobs import queries
from ezcore.jobs.models import Job, JobLog, JobState, JobStep
from ezcore.jobs.providers import queries as providers
from ezcore.kernel.errors import NotFound
from ezcore.languages import say
from ezcore.services.services.models import Service
from ezcore.web.admin.job_words import about, causes, kind_title, shown_state
from ezcore.web.admin.tables import Column, chosen_state, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.job_answers import answer_fields, question_fields
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

ACTIONS = {"retry": jobs.retry, "cancel": jobs.cancel, "mark_done": jobs.mark_done, "answer": jobs.answer}
WAITING = (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED)


class Why(BaseModel):
    """The reason, or the answer to the job's question."""

    reason: str = Field(default="", max_length=400)


@page("admin.jobs", "/admin/jobs/", permission="staff.read", template="admin/jobs.pt")
def jobs_list(request: Any) -> dict[str, Any]:
    """Jobs, newest first; causes above them."""
    zone, counts = request.settings.shop.time_zone, counted(request, Job.state)
    query = _with_subjects().order_by(Job.id.desc())
    if wanted := chosen_state(request, counts, "state", set(JobState)):
        query = query.where(Job.state == wanted)

    def row(found: Any) -> list[Any]:
        job, label, number = found
        return [
            link(request, kind_title(request, job.kind), "admin.job", f"#{job.id} {job.kind}", id=job.id),
            badge(shown_state(job)),
            about(request, job, label, number),
            say(job.cause or ""),
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
    uow = request.uow
    found.extra = {"causes": causes(uow), "unwell": providers.unwell(uow), "strays": queries.strays(uow)}
    return found.page()


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
    if verb == "answer" and found.ask_fields:
        errors, typed = answer_fields(request, found)
        if errors:
            request.response.status_code = 422
            return _facts(request, number, errors, typed)
        return _done(request, found, verb)
    form = read_form(request, Why)
    reason = form.checked().reason.strip() if form.is_valid else ""
    if form.is_valid and not reason and verb != "retry":
        form.errors["reason"] = "Write the answer" if verb == "answer" else "Say why: the audit log keeps it"
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, number, form.errors, {"reason": form.value("reason")})
    ACTIONS[verb](request.uow, found, reason)
    return _done(request, found, verb)


def _done(request: Any, found: Job, verb: str) -> Any:
    flash(request, "ok", f"Job {found.id}: {verb.replace('_', ' ')}")
    return HTTPSeeOther(request.route_path("admin.job", id=found.id))


def _facts(
    request: Any, number: int, errors: dict[str, str], typed: dict[str, str] | None = None
) -> dict[str, Any]:
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
        "typed": (typed or {}).get("reason", ""),
        "fields": question_fields(found, typed or {}, errors) if found.question else [],
        "steps": session.scalars(steps).all(),
        "log": session.scalars(log).all(),
        "waits": found.state in WAITING,
        "waits_for": providers.waits_for(request.uow, found),
    }


def _with_subjects() -> Any:
    """Jobs with the label of their service and the number of their invoice: a row names what it is about."""
    service = and_(Job.subject_kind == "service", Service.id == Job.subject_id)
    invoice = and_(Job.subject_kind == "invoice", Invoice.id == Job.subject_id)
    return select(Job, Service.label, Invoice.number).outerjoin(Service, service).outerjoin(Invoice, invoice)
