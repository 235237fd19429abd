"""Services of modules that list nothing, by their last look: gone, or suspended differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import ValidationError
from sqlalchemy import select

from ezcore.automation.drift.findings import Finding, Proposal
from ezcore.plugin_api.ports.looks import Look
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.plugin_api.protocols import Ports
from ezcore.services.looks.models import ServiceLook
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import Work

SCOPE = "looks"
FRESH = timedelta(days=2)
LIVING = (ServiceState.ACTIVE, ServiceState.SUSPENDED)


def run(work: Work, ports: Ports) -> Sequence[Finding]:
    """Nobody is asked here: looks are taken by turns, and those of the last two days are compared."""
    return list(_differences(work, ports))


def _differences(work: Work, ports: Ports) -> Iterator[Finding]:
    blind = [name for name in ports.names(ProvisioningModule) if _lists_nothing(ports, name)]
    with work.read() as uow:
        rows = uow.session.execute(
            select(Service, ServiceLook)
            .join(ServiceLook, ServiceLook.service_id == Service.id)
            .where(
                Service.state.in_(LIVING),
                Service.module.in_(blind),
                Service.open_action.is_(None),
                ServiceLook.taken_at > uow.now() - FRESH,
            )
            .order_by(Service.id)
        ).all()
    for service, row in rows:
        try:
            look = Look.model_validate(row.document)
        except ValidationError:
            continue
        if look.state == "missing" or (look.state == "active" and service.state == ServiceState.SUSPENDED):
            yield _finding(service, look)


def _lists_nothing(ports: Ports, name: str) -> bool:
    module = ports.get(ProvisioningModule, name)  # type: ignore[type-abstract]
    return Capability.LOOK in module.capabilities and Capability.LIST_ACCOUNTS not in module.capabilities


def _finding(service: Service, look: Look) -> Finding:
    proposals = (
        (Proposal("Terminate", "admin.service.act", {"id": service.id, "verb": "terminate"}),)
        if look.state == "missing"
        else (Proposal("Make it suspended there", act="repeat", values={"verb": "suspend"}),)
    )
    return Finding(
        f"{look.state}:{SCOPE}:{service.id}",
        SCOPE,
        "missing" if look.state == "missing" else "state",
        f"{service.label} is {look.state} at its vendor",
        service.state,
        look.state,
        ("service", service.id),
        proposals,
    )
