"""Reads of zones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.domain_names.zones.models import Zone, ZoneTemplate
from ezcore.domain_names.zones.rules import zone_of
from ezcore.kernel.errors import NotFound
from ezcore.plugin_api.ports.dns import DnsRecord, DnsZone
from ezcore.work import UnitOfWork


def by_id(uow: UnitOfWork, zone_id: int, client_id: int | None = None) -> Zone:
    """A zone, of this client when one is given. Raises: NotFound, also for another client's."""
    found = uow.session.get(Zone, zone_id)
    if found is None or (client_id is not None and found.client_id != client_id):
        raise NotFound("there is no such zone")
    return found


def live(uow: UnitOfWork, name: str) -> Zone | None:
    """The zone of this name while it stands."""
    return uow.session.scalars(select(Zone).where(Zone.live_key == name)).first()


def covering(uow: UnitOfWork, name: str) -> Zone | None:
    """The live zone that a host name belongs to: the one with the longest name."""
    labels = name.split(".")
    above = [".".join(labels[cut:]) for cut in range(len(labels))]
    found = {zone.name: zone for zone in uow.session.scalars(select(Zone).where(Zone.live_key.in_(above)))}
    best = zone_of(name, found)
    return found[best] if best is not None else None


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[Zone]:
    """The live zones of a client, by name."""
    query = select(Zone).where(Zone.client_id == client_id, Zone.live_key.is_not(None))
    return uow.session.scalars(query.order_by(Zone.name)).all()


def records_of(zone: Zone) -> list[DnsRecord]:
    """The records as they were read last, in the order of names."""
    found = [DnsRecord.model_validate(one) for one in zone.records]
    return sorted(found, key=lambda one: (one.name != zone.name, one.name, one.type, one.content))


def as_port(zone: Zone) -> DnsZone:
    """The zone as providers are handed it."""
    return DnsZone(
        external_id=zone.external_id or "",
        name=zone.name,
        nameservers=tuple(zone.nameservers),
        dnssec=zone.dnssec,
    )


def templates(uow: UnitOfWork) -> Sequence[ZoneTemplate]:
    """All templates, by name."""
    return uow.session.scalars(select(ZoneTemplate).order_by(ZoneTemplate.name)).all()
