"""Names and zones: what the daily look at registrars found odd, what was not looked at, zones that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from ezcore.automation.drift.findings import Finding, Proposal, unasked
from ezcore.domain_names.names import queries
from ezcore.domain_names.names.models import LIVE, DomainName, DomainState
from ezcore.domain_names.zones.models import Zone
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.protocols import Ports
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work

STALE: Final = timedelta(days=3)
OVER: Final = (ServiceState.TERMINATED, ServiceState.CANCELLED, ServiceState.FRAUD)


def run(work: Work, ports: Ports) -> Sequence[Finding]:
    """Names by their last look (it is taken daily by `domain_sync`), zones by asking their providers now."""
    found: list[Finding] = []
    with work.read() as uow:
        rows = uow.session.execute(
            select(DomainName, Service)
            .join(Service, Service.id == DomainName.service_id)
            .where(DomainName.state.in_(LIVE), DomainName.external_id.is_not(None))
            .order_by(DomainName.id)
        ).all()
        known = set(ports.names(Registrar))
        for domain, service in rows:
            found.extend(_of_name(uow, domain, service, known))
        zones = uow.session.scalars(
            select(Zone).where(Zone.live_key.is_not(None), Zone.external_id.is_not(None)).order_by(Zone.id)
        ).all()
    for zone in zones:
        found.extend(_of_zone(ports, zone))
    return found


def _of_name(uow: UnitOfWork, domain: DomainName, service: Service, known: set[str]) -> Iterator[Finding]:
    scope, key = f"registrar:{domain.registrar}", f"{domain.registrar}:{domain.id}"
    subject, look = ("domain_name", domain.id), Proposal("Open the name", "admin.domain", {"id": domain.id})
    ours = f"{domain.state}, expires on {domain.expires_on}"
    if domain.registrar not in known:
        yield unasked(scope, f"{domain.registrar} is not active")
        return
    if domain.odd is not None:
        title = f"{domain.name}: the registrar says something else"
        yield Finding(f"odd:{key}", scope, "odd", title, ours, domain.odd, subject, (look,))
    if domain.synced_at is None or domain.synced_at < uow.now() - STALE:
        title, seen = f"{domain.name} was not looked at", str(domain.synced_at or "never")
        yield Finding(f"stale:{key}", scope, "stale", title, ours, f"last look: {seen}", subject, (look,))
    if service.state in OVER and domain.let_go_at is None:
        title = f"{domain.name} is registered, and its service is over"
        yield Finding(f"orphan:{key}", scope, "orphan", title, service.state, ours, subject, (look,))
    overdue = domain.expires_on is not None and domain.expires_on <= uow.today()
    if overdue and domain.state == DomainState.ACTIVE and _is_paid(uow, domain):
        title = f"{domain.name} is paid and was not renewed"
        yield Finding(f"unrenewed:{key}", scope, "unrenewed", title, "paid", ours, subject, (look,))


def _is_paid(uow: UnitOfWork, domain: DomainName) -> bool:
    assert domain.expires_on is not None
    return queries.years_to_renew(domain.expires_on, queries.paid_until(uow, domain.service_id)) > 0


def _of_zone(ports: Ports, zone: Zone) -> Iterator[Finding]:
    scope = f"dns:{zone.provider}"
    try:
        there = ports.get(DnsProvider, zone.provider).find_zone(zone.name)  # type: ignore[type-abstract]
    except (LookupError, StepSignal) as refusal:
        yield unasked(scope, str(refusal) or type(refusal).__name__)
        return
    subject = ("dns_zone", zone.id)
    if there is None:
        title = f"The zone {zone.name} is not at {zone.provider}"
        yield Finding(f"zone:{zone.id}", scope, "missing", title, zone.state, "not there", subject)
    elif there.external_id != zone.external_id:
        title = f"The zone {zone.name} is another one at {zone.provider}"
        yield Finding(
            f"zone:{zone.id}", scope, "replaced", title, str(zone.external_id), there.external_id, subject
        )
