"""Our services against what servers list: missing, orphaned, suspended differently, moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.automation.drift.findings import Finding, Proposal, unasked
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.actor import SYSTEM
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.ports.looks import RemoteAccount
from ezcore.plugin_api.ports.provisioning import Capability
from ezcore.plugin_api.protocols import Ports
from ezcore.services.servers.asking import list_accounts, open_server
from ezcore.services.servers.models import Server
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.work import UnitOfWork, Work

LIVING = (ServiceState.ACTIVE, ServiceState.SUSPENDED)
OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.NEEDS_INFO)


@dataclass(frozen=True)
class _Book:
    """A service of ours as the books have it, with the thing it owns."""

    service: Service
    resource: ServiceResource


def run(work: Work, ports: Ports) -> Sequence[Finding]:
    """Compare every server in use that can list its accounts. Locations that changed are noted, nothing else is."""
    with work.read() as uow:
        servers = uow.session.scalars(select(Server).where(Server.active.is_(True)).order_by(Server.id)).all()
    found: list[Finding] = []
    for server in servers:
        scope = f"server:{server.id}"
        try:
            module, _ = open_server(work, ports, server.id)
            if Capability.LIST_ACCOUNTS not in module.capabilities:
                continue
            with work.read() as uow:
                asked = uow.now()
            listed = list_accounts(work, SYSTEM, ports, server.id)
        except Refused as refusal:
            found.append(unasked(scope, _named(server, refusal.message)))
            continue
        with work.write() as uow:
            found.extend(_compare(uow, server, listed, asked))
    return found


def _named(server: Server, why: str) -> str:
    return why if server.name in why else f"{server.name}: {why}"


def _compare(
    uow: UnitOfWork, server: Server, listed: Sequence[RemoteAccount], asked: datetime
) -> Iterator[Finding]:
    """Both sides of one server. What is being changed at this moment, or was made after we asked, is left alone."""
    scope = f"server:{server.id}"
    by_id = {one.external_id: one for one in listed}
    by_tag = {one.operation_key: one for one in listed if one.operation_key}
    books = _books(uow, server.id)
    for book in books:
        if book.service.open_action is not None or book.resource.created_at >= asked:
            continue
        there = by_tag.get(book.resource.operation_key) or by_id.get(book.resource.external_id)
        if there is None:
            yield _missing(scope, server, book)
            continue
        yield from _differences(uow, scope, server, book, there)
    known = {book.resource.external_id for book in books}
    ours = {book.resource.operation_key for book in books} | _being_made(uow)
    for account in listed:
        if account.operation_key and account.operation_key not in ours and account.external_id not in known:
            yield _orphan(uow, scope, server, account)


def _books(uow: UnitOfWork, server_id: int) -> list[_Book]:
    rows = uow.session.execute(
        select(Service, ServiceResource)
        .join(ServiceResource, ServiceResource.service_id == Service.id)
        .where(ServiceResource.server_id == server_id, ServiceResource.removed_at.is_(None))
        .order_by(Service.id)
    )
    return [_Book(service, resource) for service, resource in rows]


def _being_made(uow: UnitOfWork) -> set[str]:
    """Tags of set-ups that are under way, or wait for a person."""
    return set(uow.session.scalars(select(Job.key).where(Job.kind == "services.create", Job.state.in_(OPEN))))


def _missing(scope: str, server: Server, book: _Book) -> Finding:
    service = book.service
    return Finding(
        f"missing:{scope}:{book.resource.external_id}",
        scope,
        "missing",
        f"{service.label} is not on {server.name}",
        f"{service.state}, {book.resource.external_id}",
        "not there",
        ("service", service.id),
        (
            Proposal("Look for it on another server", "admin.service.move", {"id": service.id}),
            Proposal("Terminate", "admin.service.act", {"id": service.id, "verb": "terminate"}),
        ),
    )


def _differences(
    uow: UnitOfWork, scope: str, server: Server, book: _Book, there: RemoteAccount
) -> Iterator[Finding]:
    service, resource = book.service, book.resource
    subject = ("service", service.id)
    if there.state != service.state and service.state in LIVING:
        verb = "suspend" if service.state == ServiceState.SUSPENDED else "unsuspend"
        # The verb that would bring the vendor to what our books say starts from the other state.
        yield Finding(
            f"state:{scope}:{resource.external_id}",
            scope,
            "state",
            f"{service.label} is {there.state} on {server.name}",
            service.state,
            there.state,
            subject,
            (Proposal(f"Make it {service.state} there", act="repeat", values={"verb": verb}),),
        )
    if there.location and there.location != resource.location:
        _note_location(uow, book, there.location)
    if there.address and resource.address and there.address != resource.address:
        yield Finding(
            f"address:{scope}:{resource.external_id}:{there.address}"[:200],
            scope,
            "address",
            f"{service.label} has another address",
            resource.address,
            there.address,
            subject,
            (Proposal("Note this address", act="adopt_address", values={"address": there.address}),),
        )


def _note_location(uow: UnitOfWork, book: _Book, location: str) -> None:
    """The vendor moved it between its own machines: that is no difference to settle, only a fact to know."""
    before = {"location": book.resource.location}
    book.resource.location = location[:80]
    after = {"location": book.resource.location}
    service = book.service
    audit.record(
        uow, "service.locate", "service", service.id, client_id=service.client_id, before=before, after=after
    )


def _orphan(uow: UnitOfWork, scope: str, server: Server, account: RemoteAccount) -> Finding:
    was = uow.session.scalars(
        select(ServiceResource).where(ServiceResource.operation_key == account.operation_key).limit(1)
    ).first()
    subject = ("service", was.service_id) if was is not None else None
    ours = "its service is over" if was is not None else "no service has this tag"
    return Finding(
        f"orphan:{scope}:{account.external_id}",
        scope,
        "orphan",
        f"{account.label} on {server.name} carries our tag and belongs to nobody",
        ours,
        f"{account.external_id}, {account.state}",
        subject,
        (Proposal("Make it a service", "admin.server.import", {"id": server.id}),),
    )
