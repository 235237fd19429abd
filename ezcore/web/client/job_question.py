"""A question that the set-up of a service asks the client: a form, and the set-up goes on."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.jobs import queries
from ezcore.jobs.models import Job, JobState
from ezcore.services.services.models import Service
from ezcore.web.shared.flash import flash
from ezcore.web.shared.job_answers import answer_fields, question_fields
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page(
    "question", "/dashboard/questions/{id}/", permission="client.read", template="client/job_question.pt",
)  # fmt: skip
def show(request: EzRequest) -> dict[str, Any]:
    """The question with its form; when it is answered, a word about that."""
    return _facts(request, _job(request), {}, {})


@page(
    "question", "/dashboard/questions/{id}/", method="POST", permission="client.services", audit="job.answer",
    template="client/job_question.pt",
)  # fmt: skip
def answer(request: EzRequest) -> Any:
    """Keep the answer; the set-up goes on at once."""
    job = _job(request)
    errors, typed = answer_fields(request, job)
    if errors:
        request.response.status_code = 422
        return _facts(request, job, errors, typed)
    flash(request, "ok", "Thank you. We go on with your answer.")
    return HTTPSeeOther(_back(request, job))


def _job(request: EzRequest) -> Job:
    return queries.question_of(request.uow, path_id(request), request.client_id)


def _back(request: EzRequest, job: Job) -> str:
    if job.subject_kind == "service" and job.subject_id is not None:
        return str(request.route_path("service", id=job.subject_id))
    return str(request.route_path("services"))


def _facts(request: EzRequest, job: Job, errors: dict[str, str], typed: dict[str, str]) -> dict[str, Any]:
    service = request.uow.session.get(Service, job.subject_id) if job.subject_kind == "service" else None
    return {
        "job": job,
        "about": service.label if service is not None and service.client_id == request.client_id else None,
        "open": job.state == JobState.NEEDS_INFO,
        "fields": question_fields(job, typed, errors),
        "errors": errors,
        "typed": typed.get("answer", ""),
        "back": _back(request, job),
        "may_answer": request.actor.may("client.services"),
    }
