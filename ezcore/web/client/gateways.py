"""Which ways to pay are offered to a client now."""

from __future__ import annotations

from dataclasses import dataclass

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


def offered(request: EzRequest) -> list[Offer]:
    """Acting gateways that a client can start by hand, in the operator's order."""
    ports = request.host_of_plugins.ports
    found = []
    for name in ports.names(Gateway):
        port = ports.get(Gateway, name)
        can = port.capabilities & {GatewayCapability.CHECKOUT, GatewayCapability.OFFLINE}
        if can:
            found.append(Offer(name, port.label, GatewayCapability.CHECKOUT not in can))
    return found
