"""The core as plugins may call it: what `app.py` and `worker.py` connect, under the plugin's own actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from ezcore.kernel.actor import Actor
from ezcore.plugin_api.values import ServiceFacts
from ezcore.work import Work

FindService = Callable[[Actor, str], ServiceFacts | None]
"""(actor of the plugin, external id) -> the service, if it is one of the plugin's own modules."""

ReportUsage = Callable[[Actor, str, str, Decimal, datetime, str], bool]
"""(actor of the plugin, external id, metric, quantity, at, key) -> was it new?"""


class Desk(Protocol):
    """The support desk, asked for an actor."""

    def open(
        self,
        actor: Actor,
        client_id: int,
        subject: str,
        message: str,
        key: str,
        service_id: int | None = None,
    ) -> str:
        """Open a ticket, once per key; gives its reference."""
        ...

    def reply(self, actor: Actor, reference: str, message: str) -> None:
        """Write into a ticket of this actor."""
        ...


@dataclass
class Connections:
    """What the composition injects; shared by all plugins of a host."""

    work: Work | None = None
    find_service: FindService | None = None
    report_usage: ReportUsage | None = None
    desk: Desk | None = None


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

    def report_usage(self, external_id: str, metric: str, quantity: Decimal, at: datetime, key: str) -> bool:
        """Take in a report of usage. Raises: RuntimeError while ezcore is still starting; NotFound, InvalidInput."""
        if self.connections.report_usage is None:
            raise RuntimeError("the core is not connected yet: do not ask it while plugins are being loaded")
        return self.connections.report_usage(self.actor, external_id, metric, quantity, at, key)


@dataclass(frozen=True)
class OwnTickets:
    """The support desk, under the plugin's own name."""

    actor: Actor
    connections: Connections

    def open(
        self, client_id: int, subject: str, message: str, key: str, service_id: int | None = None
    ) -> str:
        """Open a ticket, once per key. Raises: RuntimeError while ezcore is still starting; NotFound, InvalidInput."""
        return self._desk().open(self.actor, client_id, subject, message, key, service_id)

    def reply(self, reference: str, message: str) -> None:
        """Write into an own ticket. Raises: RuntimeError while ezcore is still starting; NotFound, InvalidInput."""
        self._desk().reply(self.actor, reference, message)

    def _desk(self) -> Desk:
        if self.connections.desk is None:
            raise RuntimeError("the core is not connected yet: do not ask it while plugins are being loaded")
        return self.connections.desk


@dataclass(frozen=True)
class CoreDoor:
    """Implements `plugin_api.Core` for one plugin."""

    services: OwnServices
    tickets: OwnTickets


def plugin_actor(plugin: str) -> Actor:
    """The plugin as the audit trail and permissions know it."""
    return Actor(
        "plugin", name=f"plugin:{plugin}", permissions=frozenset({f"plugin.{plugin}", "plugin.tickets"})
    )
