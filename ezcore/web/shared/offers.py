"""Which ways to pay are offered now, wherever somebody pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability
from ezcore.web.shared.request import EzRequest


@dataclass(frozen=True)
class Offer:
    """A way to pay: `is_offline` gives instructions instead of a payment page."""

    name: str
    label: str
    is_offline: bool

    @property
    def icon(self) -> str:
        """Beside its label."""
        return "landmark" if self.is_offline else "credit-card"


def offered(request: EzRequest, currency: str | None = None) -> list[Offer]:
    """Acting gateways that a client can start by hand, in the operator's order; those that take a currency."""
    ports = request.host_of_plugins.ports
    found = []
    for name in ports.names(Gateway):
        port = ports.get(Gateway, name)
        can = port.capabilities & {GatewayCapability.CHECKOUT, GatewayCapability.OFFLINE}
        if can and (currency is None or port.takes(currency)):
            found.append(Offer(name, port.label, GatewayCapability.CHECKOUT not in can))
    return found


def chosen_gateway(request: EzRequest) -> str | None:
    """The way to pay that the form names, once, and that is offered; None for anything else (B051)."""
    sent = request.POST.getall("gateway")
    gateway = str(sent[0]) if len(sent) == 1 else ""
    return gateway if gateway in {offer.name for offer in offered(request)} else None


def page_mode(request: EzRequest) -> Literal["auto", "light", "dark"]:
    """How the gateway's page should look, to match ours."""
    modes: dict[str, Literal["light", "dark"]] = {"light": "light", "dark": "dark"}
    return modes.get(request.color_mode or "", "auto")
