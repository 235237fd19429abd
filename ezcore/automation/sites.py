"""Tells certificates which sites a client runs: services know hosting, certificates must not know services."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.domain_names.certificates.places import Place, Places
from ezcore.domain_names.certificates.rules import covers
from ezcore.plugin_api.ports.certificates import CertificateTarget
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.protocols import Ports
from ezcore.services.servers import operations as servers
from ezcore.services.servers.models import Server
from ezcore.services.services import queries
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import Work


class HostedSites(Places):
    """Running services whose panel can install certificates; the site is the `domain` of their resource."""

    def __init__(self, work: Work, ports: Ports) -> None:
        self._work = work
        self._ports = ports

    def serving(self, client_id: int, names: Sequence[str]) -> Sequence[Place]:
        """The sites that one of the names stands for, the oldest first."""
        targets = self._ports.names(CertificateTarget)
        places = []
        with self._work.read() as uow:
            query = select(Service).where(
                Service.client_id == client_id,
                Service.module.in_(targets),
                Service.state.in_([ServiceState.ACTIVE, ServiceState.SUSPENDED]),
                Service.server_id.is_not(None),
            )
            for service in uow.session.scalars(query.order_by(Service.id)):
                resource = queries.resource_facts(uow, service.id)
                host = str(resource.facts.get("domain", "")).lower() if resource else ""
                if resource is None or not host or not covers(names, host) or service.module is None:
                    continue
                module = self._ports.get(ProvisioningModule, service.module)  # type: ignore[type-abstract]
                server = servers.facts(uow, uow.session.get_one(Server, service.server_id), module)
                target = self._ports.get(CertificateTarget, service.module)  # type: ignore[type-abstract]
                places.append(Place(service.id, target, server, resource, host))
        return places
