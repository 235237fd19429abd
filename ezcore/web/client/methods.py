"""Stored payment methods: add one at the gateway, choose which is charged, remove one.

Adding ends on a page of ours with a plain link, as paying does: `form-action 'self'` stops a form that is answered by a
redirect to another origin.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.methods import operations as methods
from ezcore.billing.methods import queries, setup
from ezcore.billing.methods.models import MethodSetup
from ezcore.billing.subscriptions import queries as subscriptions
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability
from ezcore.web.shared.flash import flash
from ezcore.web.shared.paging import paged
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)

PAGE: Final = "client/methods.pt"
AWAY: Final = "The payment provider does not answer. Nothing was charged; please try again in a moment."


def able(request: EzRequest, capability: GatewayCapability) -> list[tuple[str, str]]:
    """Names and labels of acting gateways that can do this."""
    ports = request.host_of_plugins.ports
    found = [ports.get(Gateway, name) for name in ports.names(Gateway)]
    return [(port.name, port.label) for port in found if capability in port.capabilities]


@page("methods", "/billing/methods/", permission="client.billing", template=PAGE)
def show_methods(request: EzRequest) -> dict[str, Any]:
    """Methods that renewals may be charged to, and agreements by which a gateway bills."""
    return methods_page(request, request.uow)


@page(
    "methods.add", "/billing/methods/add/", method="POST", permission="client.billing", template=PAGE,
    audit="none: the setup row is the trail; storing a method is audited", ambient=False,
)  # fmt: skip
def add(request: EzRequest) -> Any:
    """Ask the gateway for a page that stores a method."""
    sent = request.POST.getall("gateway")
    gateway = str(sent[0]) if len(sent) == 1 else ""
    try:
        row = setup.start(request.work, request.actor, request.host_of_plugins.ports, gateway)
    except (InvalidInput, Refused) as error:
        return problem(request, 422, error.message)
    except (StepSignal, LookupError):
        log.warning("the gateway %s did not start a setup", gateway, exc_info=True)
        return problem(request, 503, AWAY)
    return HTTPSeeOther(request.route_path("methods.continue", id=row.id))


@page(
    "methods.continue", "/billing/methods/add/{id}/", permission="client.billing", template="client/leave.pt"
)
def go_on(request: EzRequest) -> dict[str, Any]:
    """Continue at the gateway by a plain link."""
    row = request.uow.session.get(MethodSetup, path_id(request))
    if row is None or row.client_id != request.client_id:
        raise NotFound("There is no such page")
    labels = dict(able(request, GatewayCapability.SETUP))
    return leave_page(
        "Add a payment method",
        "You leave our site and store the method at our provider. Nothing is charged.",
        row.url,
        labels.get(row.gateway, row.gateway),
    )


@page(
    "methods.choose", "/billing/methods/{id}/choose/", method="POST", permission="client.billing",
    audit="method.choose",
)  # fmt: skip
def choose(request: EzRequest) -> Any:
    """Renewals are charged to this one."""
    method = queries.own_method(request.uow, path_id(request), request.client_id)
    methods.choose(request.uow, method)
    flash(request, "ok", f"Renewals are charged to {method.label}")
    return HTTPSeeOther(request.route_path("methods"))


@page(
    "methods.remove", "/billing/methods/{id}/remove/", method="POST", permission="client.billing",
    audit="method.remove",
)  # fmt: skip
def remove(request: EzRequest) -> Any:
    """Never charged again."""
    method = queries.own_method(request.uow, path_id(request), request.client_id)
    methods.remove(request.uow, method)
    flash(request, "ok", f"{method.label} is removed")
    return HTTPSeeOther(request.route_path("methods"))


def methods_page(request: EzRequest, uow: UnitOfWork, told: str | None = None) -> dict[str, Any]:
    """What the template needs."""
    labels = dict(able(request, GatewayCapability.CHECKOUT)) | dict(able(request, GatewayCapability.CAPTURE))
    methods = queries.methods_of(uow, request.client_id)
    shown, pages = paged(request, methods)
    return {
        "methods": shown,
        "first": methods[0].id if methods else None,
        "paging": pages,
        "labels": labels,
        "addable": able(request, GatewayCapability.SETUP),
        "portals": able(request, GatewayCapability.PORTAL),
        "subscriptions": [row for row in subscriptions.of_client(uow, request.client_id) if row.is_live],
        "problem": told,
        "added": "added" in request.GET,
    }


def problem(request: EzRequest, status: int, words: str) -> dict[str, Any]:
    """The page again, with what went wrong."""
    request.response.status_code = status
    with request.work.read(request.actor) as uow:
        return methods_page(request, uow, words[:1].upper() + words[1:])


def leave_page(title: str, words: str, href: str | None, label: str, back: str = "methods") -> dict[str, Any]:
    """What `client/leave.pt` needs: a plain link to the gateway."""
    return {"heading": title, "words": words, "href": href, "label": label, "back": back}
