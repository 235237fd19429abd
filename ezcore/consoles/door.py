"""Opens the vendor's console for a ticket: our books first, then the vendor, no transaction open meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ezcore.accounts.queries import session_of
from ezcore.consoles.operations import take_ticket
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.looks import ConsoleTarget
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.services.servers import operations as servers
from ezcore.services.services import queries
from ezcore.work import Work


class Modules(Protocol):
    """Where modules are found: the plugin host's ports."""

    def get(self, port: type[ProvisioningModule], name: str) -> ProvisioningModule:
        """The module of this name. Raises: LookupError."""


@dataclass(frozen=True)
class Door:
    """What the console process needs of the shop."""

    work: Work
    modules: Modules

    def open(self, ticket: str, session: str | None, ip: str | None) -> ConsoleTarget:
        """Where the console of this ticket listens. Called in a thread of its own: it waits for the vendor.

        `session` is the token of the login's cookie. Raises: Refused with a sentence for the person who waits.
        """
        with self.work.read() as uow:
            facts = session_of(uow, session, ip=ip) if session else None
        if facts is None:
            raise Refused("log in again, then open the console once more")
        with self.work.write(facts.actor) as uow:
            service = take_ticket(uow, ticket)
            service_id, server_id, name = service.id, service.server_id, service.module or ""
        try:
            module = self.modules.get(ProvisioningModule, name)  # type: ignore[type-abstract]
            if Capability.CONSOLE not in module.capabilities:
                raise Refused("this service has no console")
            with self.work.read() as uow:
                server = servers.facts_for(uow, server_id, module)
                resource = queries.resource_facts(uow, service_id)
            if resource is None:
                raise Refused("this service has no machine")
            return module.console(server, resource)
        except LookupError:
            raise Refused("the plugin of this service is switched off") from None
        except StepSignal as signal:
            raise Refused(f"the console did not open: {signal}") from signal
