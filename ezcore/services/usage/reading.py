"""Reads what services used from servers that count it: one job per server, each sample stored once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, select

from ezcore.catalog.metrics.models import ProductMetric
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import StepContext
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.plugin_api.errors import NeedsInfo
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.looks import UsageSample
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule, ServerFacts
from ezcore.plugin_api.values import Resource
from ezcore.services.servers import operations as servers
from ezcore.services.servers.models import Server
from ezcore.services.services import queries
from ezcore.services.services.models import Service, ServiceResource
from ezcore.services.usage.operations import report
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

FIRST_LOOK: Final = timedelta(days=1)
OVERLAP: Final = timedelta(hours=3)
"""Vendors tell some hours late; a sample that comes twice has the same key and counts once."""
AT_ONCE: Final = 200


@dataclass(frozen=True)
class _Asked:
    module: ProvisioningModule
    server: ServerFacts
    resources: Sequence[Resource]
    services: Mapping[str, int]
    since: datetime
    now: datetime


def ask_servers(uow: UnitOfWork) -> int:
    """Queue one reading for this hour of every server on which something is counted, however often it is asked.

    Returns how many servers.
    """
    hour = int(uow.now().timestamp()) // 3600
    counted = _counted().with_only_columns(ServiceResource.server_id)
    found = uow.session.scalars(
        select(Server).where(Server.active.is_(True), Server.id.in_(counted)).order_by(Server.id)
    ).all()
    for server in found:
        payload = {"server_id": server.id}
        provider = f"{server.module}:{server.id}"
        jobs.enqueue(uow, READ_USAGE, f"usage:{server.id}:{hour}", payload, provider=provider)
    return len(found)


def _read(context: StepContext) -> dict[str, Any]:
    server_id = context.payload["server_id"]
    try:
        asked = _prepare(context, server_id)
        if asked is None:
            context.heard.nothing()
            return {"samples": 0}
        samples = asked.module.read_usage(asked.server, asked.resources, asked.since)
    except NeedsInfo as question:
        # A server that nobody set up is no question of this job; its page says what is wrong.
        context.heard.nothing()
        _close(context.work, server_id, None, question.question)
        return {"samples": 0, "problem": question.question}
    except Exception as error:  # noqa: BLE001 - the next hour asks again, and further back; the server's page tells
        problem = " ".join(str(error).split())[:400] or type(error).__name__
        context.heard.nothing()
        context.heard.failure(error)
        context.log("read usage", problem)
        _close(context.work, server_id, None, problem)
        return {"samples": 0, "problem": problem}
    counts = _store(context.work, asked.services, samples)
    _close(context.work, server_id, asked.now, None)
    return counts


def _prepare(context: StepContext, server_id: int) -> _Asked | None:
    """What to ask; None when the module does not count, or nothing lives there."""
    with context.work.read() as uow:
        server = uow.session.get_one(Server, server_id)
        module = context.ports.get(ProvisioningModule, server.module)  # type: ignore[type-abstract]
        if Capability.USAGE not in module.capabilities:
            return None
        rows = uow.session.scalars(_counted().where(ServiceResource.server_id == server_id)).all()
        since = (server.usage_until or uow.now() - FIRST_LOOK) - OVERLAP
        services = {row.external_id: row.service_id for row in rows}
        resources = [queries.as_resource(row) for row in rows]
        if not rows:
            return None
        return _Asked(module, servers.facts(uow, server, module), resources, services, since, uow.now())


def _counted() -> Select[ServiceResource]:
    """What stands at a vendor for a product that counts something; the others need not be asked about."""
    return (
        select(ServiceResource)
        .join(Service, Service.id == ServiceResource.service_id)
        .where(ServiceResource.removed_at.is_(None), Service.product_id.in_(select(ProductMetric.product_id)))
    )


def _store(work: Work, services: Mapping[str, int], samples: Sequence[UsageSample]) -> dict[str, Any]:
    """Take the samples in, some at a time. What a product does not count, and what cannot be true, is left out."""
    counts = {"samples": len(samples), "new": 0, "known": 0, "not counted": 0, "wrong": 0}
    for at in range(0, len(samples), AT_ONCE):
        with work.write() as uow:
            for sample in samples[at : at + AT_ONCE]:
                counts[_take_in(uow, services, sample)] += 1
    return counts


def _take_in(uow: UnitOfWork, services: Mapping[str, int], sample: UsageSample) -> str:
    service_id = services.get(sample.external_id)
    if service_id is None or sample.at > uow.now() + timedelta(minutes=5):
        return "wrong"
    service = uow.session.get_one(Service, service_id)
    try:
        new = report(uow, service, sample.metric, sample.quantity, sample.at, sample.key)
    except NotFound:
        return "not counted"
    except InvalidInput as error:
        log.warning("usage of service %s: %s", service_id, error.message)
        return "wrong"
    return "new" if new else "known"


def _close(work: Work, server_id: int, until: datetime | None, problem: str | None) -> None:
    with work.write() as uow:
        server = uow.session.get_one(Server, server_id, with_for_update=True)
        server.usage_problem = problem
        if until is not None:
            server.usage_until = until


READ_USAGE: Final = JobKind(
    "usage.read",
    "Read what was used",
    RECONCILE,
    [Step("read", "Ask the server", run=_read, call_limit=timedelta(minutes=10))],
    priority=1,
)
