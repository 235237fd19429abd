"""Verbs of domain names in our books: take the name, note what became of it, ask for a change, show a code once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.db.once import insert_once
from ezcore.domain_names.names import queries, sync
from ezcore.domain_names.names.actions import ACTIONS
from ezcore.domain_names.names.events import DomainRegistered
from ezcore.domain_names.names.jobs import ACTION
from ezcore.domain_names.names.models import DomainName, DomainState, sealed_auth, sealed_code
from ezcore.domain_names.names.rules import parse_code
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.actor import SYSTEM
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.ports.registrar import Registrar, Registration
from ezcore.work import UnitOfWork


def take(uow: UnitOfWork, values: Mapping[str, Any]) -> DomainName | None:
    """The row of a service's name, made once; None when the name is in somebody else's care here."""
    found = queries.of_service(uow, values["service_id"])
    if found is not None and found.is_live:
        return found
    if found is not None:
        raise Refused(f"{found.name} is {found.state}: order it anew")
    row = {**values, "live_key": values["name"], "created_at": uow.now()}
    made = insert_once(uow.session, DomainName, row)
    if made is None:
        return None
    audit.record(
        uow, "domain.take", "domain_name", made, client_id=values["client_id"], after={"name": values["name"]}
    )
    return uow.session.get_one(DomainName, made)


def is_free(uow: UnitOfWork, name: str) -> bool:
    """Is the name in nobody's care here? The registry is another question."""
    return queries.live(uow, name) is None


def registered(uow: UnitOfWork, domain: DomainName, found: Registration) -> None:
    """The name is ours. Safe to repeat. Emits: DomainRegistered, once."""
    came = domain.state in (DomainState.PENDING, DomainState.TRANSFERRING_IN)
    domain.external_id, domain.code_sealed = found.external_id, None
    sync.apply(uow, domain, found)
    sync.move(uow, domain, DomainState.ACTIVE)
    if came:
        audit.record(
            uow, f"domain.{domain.kind}", "domain_name", domain.id, client_id=domain.client_id,
            after={"name": domain.name, "expires_on": str(domain.expires_on)},
        )  # fmt: skip
        uow.emit(DomainRegistered(domain.id, domain.service_id, domain.client_id, domain.name, domain.kind))


def give_up(uow: UnitOfWork, domain: DomainName, reason: str) -> None:
    """It will not be ours: the name's place is free again. Safe to repeat."""
    if not domain.is_live:
        return
    audit.record(uow, "domain.give_up", "domain_name", domain.id, client_id=domain.client_id, reason=reason)
    sync.move(uow, domain, DomainState.CANCELLED)


def credit_back(uow: UnitOfWork, service_id: int, reason: str) -> bool:
    """Turn what was paid for the service into the client's credit. Safe to repeat; False when nothing was left."""
    lines = uow.session.scalars(
        select(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.service_id == service_id, Invoice.status == InvoiceStatus.PAID)
    ).all()
    given = False
    for invoice_id in sorted({line.invoice_id for line in lines}):
        invoice = uow.session.get_one(Invoice, invoice_id)
        left = credit_notes.left_of(uow, invoice)
        mine = {
            line.id: left[line.id].gross
            for line in lines
            if line.invoice_id == invoice_id and line.id in left and left[line.id].gross.is_positive
        }
        if mine:
            credit_notes.write(uow, invoice, reason, mine)
            given = True
    return given


def request(uow: UnitOfWork, domain: DomainName, action: str, data: Mapping[str, Any] | None = None) -> Job:
    """Queue a change of the name, in the transaction that asks for it; one runs at a time.

    A conditional UPDATE takes the name's one place. Raises: NotAllowed, NotFound, Refused (busy, not in this state).
    """
    found = ACTIONS.get(action)
    if found is None:
        raise NotFound("there is no such action")
    own = uow.actor.kind == "client"
    if own and (domain.client_id != uow.actor.client_id or not found.by_client):
        raise NotFound("there is no such domain name")
    uow.actor.require("client.domains" if own else "services.manage")
    uow.session.refresh(domain)
    if domain.state not in found.states:
        raise Refused(f"{domain.name} is {domain.state.replace('_', ' ')}; this cannot be changed now")
    taken = uow.session.execute(
        update(DomainName)
        .where(
            DomainName.id == domain.id, DomainName.open_action.is_(None), DomainName.actions == domain.actions
        )
        .values(open_action=action, actions=DomainName.actions + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(f"another change of {domain.name} is under way")
    uow.session.refresh(domain)
    job = jobs.enqueue(
        uow,
        ACTION,
        f"domain-{domain.id}-{action}-{domain.actions}",
        {"domain_id": domain.id, "action": action, "data": dict(data or {})},
        subject=("domain_name", domain.id),
        client_id=domain.client_id,
        provider=f"registrar:{domain.registrar}",
    )
    audit.record(
        uow, f"domain.{action}", "domain_name", domain.id, client_id=domain.client_id, after=_told(data)
    )
    return job


def reveal_auth(uow: UnitOfWork, domain: DomainName) -> str:
    """The code for moving the name away, shown once and thrown away. Raises: NotAllowed, Refused when there is none."""
    uow.actor.require("client.domains" if uow.actor.kind == "client" else "services.manage")
    sealed = domain.auth_sealed
    done = uow.session.execute(
        update(DomainName)
        .where(DomainName.id == domain.id, DomainName.auth_sealed.is_not(None))
        .values(auth_sealed=None)
    )
    if done.rowcount != 1 or sealed is None:  # type: ignore[attr-defined]
        raise Refused("there is no code to show; ask for a new one")
    audit.record(uow, "domain.reveal_code", "domain_name", domain.id, client_id=domain.client_id)
    return uow.box.open(sealed_auth(domain.id), sealed)


def new_code(uow: UnitOfWork, domain: DomainName, typed: str) -> None:
    """Another code for a transfer whose first one was refused; the transfer is tried again at once.

    Raises: NotAllowed, InvalidInput(field="auth_code"), Refused when no transfer waits.
    """
    uow.actor.require("client.domains" if uow.actor.kind == "client" else "services.manage")
    code = parse_code(typed)
    if domain.state not in (DomainState.PENDING, DomainState.TRANSFERRING_IN) or domain.kind != "transfer":
        raise Refused(f"no transfer of {domain.name} waits for a code")
    domain.code_sealed = uow.box.seal(sealed_code(domain.name), code)
    audit.record(uow, "domain.new_code", "domain_name", domain.id, client_id=domain.client_id)
    waiting = uow.session.scalars(
        select(Job).where(
            Job.subject_kind == "service", Job.subject_id == domain.service_id, Job.kind == "services.create",
            Job.state.in_((JobState.NEEDS_INFO, JobState.FAILED)),
        )
    ).first()  # fmt: skip
    if waiting is not None:
        asker, uow.actor = uow.actor, SYSTEM
        try:
            jobs.retry(uow, waiting, reason="a new code was given")
        finally:
            uow.actor = asker


def registrar_of(ports: Any, domain: DomainName) -> Registrar | None:
    """The registrar of a name; None while its plugin is missing or paused."""
    try:
        found: Registrar = ports.get(Registrar, domain.registrar)
    except LookupError:
        return None
    return found


def _told(data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the audit trail keeps of a change: never contacts, they stand in the row."""
    return {name: value for name, value in (data or {}).items() if name != "contacts"} or None
