"""The core as plugins may call it: what `app.py` and `worker.py` connect, under the plugin's own actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ezcore.kernel.actor import Actor
from ezcore.plugin_api.values import ServiceFacts
from ezcore.work import Work

FindService = Callable[[Actor, str], ServiceFacts | None]
"""(actor of the plugin, external id) -> the service, if it is one of the plugin's own modules."""


@dataclass
class Connections:
    """What the composition injects; shared by all plugins of a host."""

    work: Work | None = None
    find_service: FindService | None = None


@dataclass(frozen=True)
class OwnServices:
    """Services of the plugin's own modules."""

    actor: Actor
    connections: Connections

    def find(self, external_id: str) -> ServiceFacts | None:
        """The service whose resource has this id. Raises: RuntimeError while ezcore is still starting."""
        if self.connections.find_service is None:
            raise RuntimeError("the core is not connected yet: do not ask it while plugins are being loaded")
        return self.connections.find_service(self.actor, external_id)


@dataclass(frozen=True)
class CoreDoor:
    """Implements `plugin_api.Core` for one plugin."""

    services: OwnServices


def plugin_actor(plugin: str) -> Actor:
    """The plugin as the audit trail and permissions know it."""
    return Actor("plugin", name=f"plugin:{plugin}", permissions=frozenset({f"plugin.{plugin}"}))
