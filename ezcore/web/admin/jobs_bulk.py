"""Retry in bulk: by cause, service or client; the list comes first, the button after it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.jobs import operations as jobs
from ezcore.jobs import queries
from ezcore.jobs.models import Job
from ezcore.jobs.queries import Which
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import many, say
from ezcore.web.admin.job_words import kind_title, shown_state
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.views import page


class Meant(BaseModel):
    """Which jobs a bulk retry means; one of them."""

    cause: str = Field(default="", max_length=4000)
    service: int | None = Field(default=None, ge=1)
    client: int | None = Field(default=None, ge=1)


@page(
    "admin.jobs.again", "/admin/jobs/again/", permission="jobs.manage", template="admin/jobs_again.pt",
)  # fmt: skip
def again(request: Any) -> Any:
    """Which jobs would run again: those stuck for the cause of one job (`like`), of a service, of a client.

    Stands before the page of one job, whose address would fit `again` too.
    """
    uow, asked = request.uow, request.GET
    which, words = Which(), ""
    if asked.get("like"):
        like: Job | None = uow.session.get(Job, as_id(asked["like"]))
        if like is None or not like.cause:
            raise NotFound("that job waits for no cause any more")
        which, words = Which(cause_is=like.cause), like.cause
    elif asked.get("service"):
        which = Which(service_id=as_id(asked["service"]))
        words = say("Service ${service_id}", service_id=which.service_id)
    elif asked.get("client"):
        which = Which(client_id=as_id(asked["client"]))
        words = say("Client ${client_id}", client_id=which.client_id)
    if which.is_empty:
        return HTTPSeeOther(request.route_path("admin.jobs"))
    rows = [(job, kind_title(request, job.kind), shown_state(job)) for job in queries.stuck(uow, which)]
    return {"which": which, "words": words, "rows": rows, "most": queries.MOST_AT_ONCE}


@page(
    "admin.jobs.retry", "/admin/jobs/retry/", method="POST", permission="jobs.manage", audit="job.retry",
)  # fmt: skip
def retry(request: Any) -> Any:
    """Run them again now; what cannot run now is left as it is. A second time finds nothing to do."""
    meant = read_form(request, Meant).checked()
    which = Which(service_id=meant.service, client_id=meant.client, cause_is=meant.cause)
    found = queries.stuck(request.uow, which)
    if not found:
        raise InvalidInput("no job waits for this any more", field="cause")
    left = jobs.retry_many(request.uow, found, f"retry in bulk: {meant.cause or 'all of one owner'}"[:400])
    run = many(len(found) - len(left), "${n} job runs again now", "${n} jobs run again now")
    flash(request, "ok", run + (say(", ${left} cannot", left=len(left)) if left else ""))
    return HTTPSeeOther(request.route_path("admin.jobs"))
