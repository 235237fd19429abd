"""Tags of one client: put on, taken off."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import queries
from ezcore.accounts.tags import operations as tags
from ezcore.kernel.errors import InvalidInput
from ezcore.web.admin.clients.client import TEMPLATE, facts_of
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

_ECHOED = 60


@page(
    "admin.client.tags", "/admin/clients/{id}/tags/", method="POST", permission="clients.manage",
    audit="client.tag", template=TEMPLATE,
)  # fmt: skip
def change(request: Any) -> Any:
    """Put the typed one on, or take the one of the pressed button off."""
    found = queries.client(request.uow, path_id(request))
    off, typed = str(request.POST.get("remove", "")), str(request.POST.get("tag", ""))
    try:
        done = tags.remove(request.uow, found.id, off) if off else tags.add(request.uow, found.id, typed)
    except InvalidInput as error:
        request.response.status_code = 422
        return facts_of(request, found) | {"errors": {"tag": error.message}, "typed_tag": typed[:_ECHOED]}
    if done:
        flash(request, "ok", "The tag is off" if off else "The tag is on")
    else:
        flash(request, "info", "It was so already")
    return HTTPSeeOther(request.route_path("admin.client", id=found.id))
