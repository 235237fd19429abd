"""How a stage is begun: a lifecycle action, or durable work on a zone or a name. Gives the job, or says it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from ezcore.domain_names.names import operations as domain_names
from ezcore.domain_names.names import queries as names
from ezcore.domain_names.zones import operations as zones
from ezcore.domain_names.zones import queries as zone_queries
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.errors import Refused
from ezcore.orders.fulfilment.models import OrderStage
from ezcore.orders.fulfilment.plan import CERTIFICATE_MODULE, DOMAIN_MODULE, StageKind, covers
from ezcore.orders.fulfilment.records import Site, records_for
from ezcore.orders.orders.models import Order
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Begun:
    """What became of it: the job to wait for, or nothing to wait for (`done`). Neither: a person was asked."""

    job: Job | None = None
    done: bool = False
    note: str | None = None


def begin(uow: UnitOfWork, order: Order, stage: OrderStage) -> Begun:
    """Begin a stage as the system. Raises: Refused when it can never begin as things are."""
    begun = _HOW[StageKind(stage.kind)](uow, order, stage)
    if begun.job is not None and begun.job.state == JobState.COMPLETE:
        return Begun(begun.job, done=True, note=begun.note)
    return begun


def _service(uow: UnitOfWork, _order: Order, stage: OrderStage) -> Begun:
    service = uow.session.get_one(Service, stage.service_id)
    if service.state != ServiceState.PENDING:
        return Begun(done=service.state in (ServiceState.ACTIVE, ServiceState.COMPLETED))
    if lifecycle.is_busy(service):
        return Begun(_latest(uow, service))
    return Begun(lifecycle.request_or_ask(uow, service, "create", f"stage {stage.name} of its order"))


def _zone(uow: UnitOfWork, order: Order, stage: OrderStage) -> Begun:
    name = _name(stage)
    domain = names.live(uow, name)
    job = zones.ensure_zone(
        uow, order.client_id, name, domain_id=domain.id if domain else None, made_for=made_for(order.id)
    )
    stage.zone_id = job.payload["zone_id"]
    return Begun(job)


def _delegate(uow: UnitOfWork, _order: Order, stage: OrderStage) -> Begun:
    """A name points to its zone already when its registrar's own DNS keeps it."""
    zone, domain = zone_queries.live(uow, _name(stage)), names.live(uow, _name(stage))
    if zone is None or domain is None:
        raise Refused("the name or its zone is gone")
    wanted = sorted(host.lower() for host in zone.nameservers)
    if not wanted or zone.provider == domain.registrar or sorted(domain.nameservers) == wanted:
        return Begun(done=True)
    return Begun(domain_names.request(uow, domain, "nameservers", {"hosts": list(zone.nameservers)}))


def _records(uow: UnitOfWork, order: Order, stage: OrderStage) -> Begun:
    zone = zone_queries.live(uow, _name(stage))
    if zone is None:
        raise Refused(f"there is no zone {stage.domain}")
    stage.zone_id = zone.id
    found = records_for(zone.name, _sites(uow, order, zone.name))
    if not found:
        return Begun(done=True, note="no account has an address: there was nothing to write")
    return Begun(zones.set_records(uow, zone, found, key=f"order-{order.id}-records-{zone.id}"))


def made_for(order_id: int) -> str:
    """The mark of zones that an order made."""
    return f"order:{order_id}"


def _sites(uow: UnitOfWork, order: Order, zone: str) -> list[Site]:
    """The hosting accounts of the order in this zone."""
    rows = uow.session.execute(
        select(Service, ServiceResource)
        .join(OrderStage, OrderStage.service_id == Service.id)
        .join(ServiceResource, ServiceResource.service_id == Service.id)
        .where(OrderStage.order_id == order.id, ServiceResource.removed_at.is_(None))
        .order_by(Service.id)
    )
    found = []
    for service, resource in rows:
        host = str(service.params.get("domain") or "").lower()
        if service.module not in (DOMAIN_MODULE, CERTIFICATE_MODULE) and covers(zone, host):
            mail = resource.facts.get("kind") == "HostingAccount" and service.settings.get("mail", True)
            found.append(Site(host, resource.address, mail=bool(mail)))
    return found


def _latest(uow: UnitOfWork, service: Service) -> Job | None:
    query = select(Job).where(Job.subject_kind == "service", Job.subject_id == service.id)
    return uow.session.scalars(query.order_by(Job.id.desc()).limit(1)).first()


def _name(stage: OrderStage) -> str:
    assert stage.domain is not None
    return stage.domain


_HOW: Final[dict[StageKind, Callable[[UnitOfWork, Order, OrderStage], Begun]]] = {
    StageKind.SERVICE: _service,
    StageKind.ZONE: _zone,
    StageKind.DELEGATE: _delegate,
    StageKind.RECORDS: _records,
}
