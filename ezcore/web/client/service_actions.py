"""What a client does with a service through its module: its actions, a fresh look, the way into its panel."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.provisioning import Capability
from ezcore.services.looks import operations as looks
from ezcore.services.servers import operations as servers
from ezcore.services.services import queries as services
from ezcore.services.services.models import ServiceState
from ezcore.web.client.reads import service_row
from ezcore.web.shared.flash import flash
from ezcore.web.shared.markup import safe_href
from ezcore.web.shared.module_panel import action_page, port_of, run_action
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

log = logging.getLogger(__name__)


@page(
    "service.action", "/dashboard/services/{id}/do/{name}/", permission="client.services",
    template="client/service_action.pt",
)  # fmt: skip
def ask_action(request: EzRequest) -> dict[str, Any]:
    """Say what will happen and ask what the module wants to know."""
    row = service_row(request.uow, path_id(request), request.client_id)
    return action_page(request, row.service, to_client=True) | {"row": row}


@page(
    "service.action", "/dashboard/services/{id}/do/{name}/", method="POST", permission="client.services",
    audit="service.action", template="client/service_action.pt",
)  # fmt: skip
def do_action(request: EzRequest) -> Any:
    """Queue it. A second click meets Refused: one action at a time runs on a service."""
    row = service_row(request.uow, path_id(request), request.client_id)
    done = run_action(request, row.service, to_client=True)
    if not isinstance(done, Job):
        request.response.status_code = 422
        return action_page(request, row.service, to_client=True, errors=done) | {"row": row}
    flash(request, "ok", f"{done.payload['title']}: we are on it")
    return HTTPSeeOther(request.route_path("service", id=row.service.id))


@page(
    "service.look", "/dashboard/services/{id}/look/", method="POST", permission="client.read",
    audit="none: it changes nothing, it asks how things are",
)  # fmt: skip
def refresh(request: EzRequest) -> Any:
    """Ask for a fresh look; it shows as soon as the vendor answered."""
    row = service_row(request.uow, path_id(request), request.client_id)
    looks.refresh(request.uow, row.service)
    return HTTPSeeOther(request.route_path("service", id=row.service.id))


@page(
    "service.login", "/dashboard/services/{id}/login/", method="POST", permission="client.services",
    audit="none: the panel keeps its own trail; the address is never stored", template="client/service_leave.pt",
    ambient=False,
)  # fmt: skip
def log_in(request: EzRequest) -> Any:
    """Ask the panel for an address that lets the client in once. It is shown at once and never stored."""
    with request.work.read(request.actor) as uow:
        row = service_row(uow, path_id(request), request.client_id)
        module = port_of(request, row.service)
        resource = services.resource_facts(uow, row.service.id)
        if module is None or Capability.LOGIN_LINK not in module.capabilities:
            raise NotFound("this service has no panel to log in to")
        if resource is None or row.service.state != ServiceState.ACTIVE:
            raise Refused("the panel opens while the service is active")
        try:
            server = servers.facts_for(uow, row.service.server_id, module)
        except StepSignal as error:
            raise Refused(
                "the panel cannot be opened at the moment; we have to set something up first"
            ) from error
    href, problem = None, None
    try:
        href = safe_href(module.login_link(server, resource))
    except Exception:  # whatever the plugin raises, the client is told the same
        log.warning("no login link for service %s", row.service.id, exc_info=True)
    if href in (None, "#"):
        request.response.status_code = 503
        href, problem = None, "The panel did not answer. Try again in a minute."
    request.response.headers["Cache-Control"] = "no-store"
    return {"row": row, "service": row.service, "href": href, "problem": problem, "label": module.label}
