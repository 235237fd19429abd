"""Where certificates are installed: hosting services, which another room keeps. Its facts come through this door."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ezcore.plugin_api.ports.certificates import CertificateTarget
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.protocols import Ports
from ezcore.plugin_api.values import Resource


@dataclass(frozen=True)
class Place:
    """A site: the service that hosts it, its panel's target, and the host name it serves."""

    service_id: int
    target: CertificateTarget
    server: ServerFacts
    resource: Resource
    host: str


class Places(ABC):
    """Finds the sites of a client. Wired in `ezcore.app`; no transaction is open while it is asked."""

    name: ClassVar[str] = "hosting"

    @abstractmethod
    def serving(self, client_id: int, names: Sequence[str]) -> Sequence[Place]:
        """Running sites of the client that one of the names stands for."""


def known_places(ports: Ports, client_id: int, names: Sequence[str]) -> Sequence[Place]:
    """The sites, or none in a shop without hosting: its certificates are downloaded."""
    if Places.name not in ports.names(Places):
        return ()
    return ports.get(Places, Places.name).serving(client_id, names)  # type: ignore[type-abstract]
