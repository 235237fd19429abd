"""The console of a service: a form asks for a one-use ticket, the page that answers connects with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ezcore.consoles import operations as consoles
from ezcore.kernel.errors import NotFound
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.services.services.models import Service, ServiceState
from ezcore.web.client.reads import ServiceRow, service_row
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.tweens import CSP
from ezcore.web.shared.views import page


@page(
    "service.console",
    "/dashboard/services/{id}/console/",
    permission="client.services",
    template="client/console.pt",
)
def show_console(request: EzRequest) -> dict[str, Any]:
    """What a console is, and the button that opens it."""
    return _page(request, _row(request), ticket=None)


@page(
    "service.console", "/dashboard/services/{id}/console/", method="POST", permission="client.services",
    template="client/console.pt", audit="console.ticket",
)  # fmt: skip
def open_console(request: EzRequest) -> dict[str, Any]:
    """Give out a ticket and draw the screen that uses it. Only this page may speak to the console process."""
    row = _row(request)
    found = _page(request, row, ticket=None)
    if not found["is_ready"]:
        request.response.status_code = 409
        return found
    address = urlsplit(request.settings.consoles.url)
    allowed = CSP.replace("connect-src 'self'", f"connect-src 'self' {address.scheme}://{address.netloc}")
    request.response.headers["Content-Security-Policy"] = allowed
    return found | {"ticket": consoles.give_ticket(request.uow, row.service)}


def has_console(request: EzRequest, service: Service) -> bool:
    """Whether the module of a service has consoles. Not: whether it runs now."""
    if service.module is None:
        return False
    try:
        module = request.host_of_plugins.ports.get(ProvisioningModule, service.module)  # type: ignore[type-abstract]
    except LookupError:
        return False
    return Capability.CONSOLE in module.capabilities


def _row(request: EzRequest) -> ServiceRow:
    row = service_row(request.uow, path_id(request), request.client_id)
    if not has_console(request, row.service):
        raise NotFound("This service has no console")
    return row


def _page(request: EzRequest, row: ServiceRow, ticket: str | None) -> dict[str, Any]:
    address, state = request.settings.consoles.url, row.service.state
    why_not = None
    if not address:
        why_not = "Consoles are not switched on here. Write to us when you need one."
    elif state != ServiceState.ACTIVE or row.resource is None:
        why_not = "A console opens while the service is active."
    return {
        "row": row,
        "service": row.service,
        "ticket": ticket,
        "address": address,
        "is_ready": why_not is None,
        "why_not": why_not,
    }
