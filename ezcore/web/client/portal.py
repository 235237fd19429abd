"""The gateway's own page, where a client changes cards and agreements: asked for by a form, entered by a plain link."""

from __future__ import annotations

import logging
from typing import Any

from ezcore.billing.methods import setup
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.gateway import GatewayCapability
from ezcore.web.client.methods import AWAY, able, leave_page
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

log = logging.getLogger(__name__)


@page("portal", "/billing/portal/", permission="client.billing", template="client/portal.pt")
def show_portal(request: EzRequest) -> dict[str, Any]:
    """Which gateways have a page of their own; asking for its address is a form."""
    return {"portals": able(request, GatewayCapability.PORTAL), "problem": None}


@page(
    "portal", "/billing/portal/", method="POST", permission="client.billing", template="client/leave.pt",
    audit="none: nothing of ours changes; what is changed there comes back by webhook", ambient=False,
)  # fmt: skip
def open_portal(request: EzRequest) -> Any:
    """The address is good for minutes, so it is shown at once and never stored."""
    portals = able(request, GatewayCapability.PORTAL)
    sent = request.POST.getall("gateway")
    gateway = str(sent[0]) if len(sent) == 1 else portals[0][0] if portals and not sent else ""
    try:
        href = setup.portal(request.work, request.actor, request.host_of_plugins.ports, gateway)
    except (InvalidInput, Refused) as error:
        return _again(request, 422, error.message)
    except (StepSignal, LookupError):
        log.warning("the gateway %s did not open its portal", gateway, exc_info=True)
        return _again(request, 503, AWAY)
    words = "You leave our site. What you change there shows here a moment later."
    return leave_page("Manage at our payment provider", words, href, dict(portals)[gateway])


def _again(request: EzRequest, status: int, words: str) -> dict[str, Any]:
    request.response.status_code = status
    request.override_renderer = "client/portal.pt"
    told = words[:1].upper() + words[1:]
    return {"portals": able(request, GatewayCapability.PORTAL), "problem": told}
