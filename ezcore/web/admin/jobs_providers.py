"""Pause and resume a provider from the jobs page: its jobs wait, nobody else's do."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.jobs.providers import operations as providers
from ezcore.jobs.providers import queries
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import say
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.views import page

VERBS = {"pause": providers.pause, "resume": providers.resume}


class Rest(BaseModel):
    """Which provider, and why."""

    provider: str = Field(min_length=1, max_length=120)
    reason: str = Field(default="", max_length=400)


@page(
    "admin.providers", "/admin/jobs/providers/", permission="staff.read", template="admin/providers.pt",
)  # fmt: skip
def providers_list(request: Any) -> dict[str, Any]:
    """Providers that do not answer or are paused, and a form to pause one."""
    return _facts(request, {}, {})


@page(
    "admin.providers.rest", "/admin/jobs/providers/{verb:pause|resume}/", method="POST", permission="jobs.manage",
    audit="provider.<verb>", template="admin/providers.pt",
)  # fmt: skip
def rest(request: Any) -> Any:
    """Pause or resume."""
    verb = request.matchdict["verb"]
    if verb not in VERBS:
        raise NotFound("there is no such action")
    form = read_form(request, Rest)
    if form.model is not None:
        try:
            VERBS[verb](request.uow, form.model.provider, form.model.reason.strip())
        except InvalidInput as error:
            form.refuse(error)
        else:
            rests = verb == "pause"
            said = "${name} is paused" if rests else "${name} is resumed"
            flash(request, "ok", say(said, name=form.model.provider))
            return HTTPSeeOther(request.route_path("admin.providers"))
    request.response.status_code = 422
    return _facts(request, form.errors, form.values)


def _facts(request: Any, errors: dict[str, str], typed: dict[str, Any]) -> dict[str, Any]:
    uow = request.uow
    unwell = queries.unwell(uow)
    paused = {one.provider.name for one in unwell if one.state == "paused"}
    return {
        "unwell": unwell,
        "can_rest": [name for name in queries.in_use(uow) if name not in paused],
        "errors": errors,
        "typed": typed,
    }
