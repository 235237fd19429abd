"""Ask for a lifecycle action: one at a time per service, vetoed by plugins, then queued with the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, StaffTask
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.values import Action
from ezcore.services.lifecycle.jobs import KINDS
from ezcore.services.services import queries
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.rules import VERBS, IllegalMove, check_verb
from ezcore.work import UnitOfWork


def request(
    uow: UnitOfWork, service: Service, verb: str, reason: str, evidence: Mapping[str, Any] | None = None
) -> Job:
    """Queue `verb` for the service, in the same transaction as whatever asks for it.

    `evidence` is kept in the audit row: what the automation saw that made it ask (I20, I21).
    A conditional UPDATE takes the service's one place for an action, so eight clicks give one job.
    Raises: NotAllowed, IllegalMove, Refused (another action runs, or a plugin's veto).
    """
    uow.actor.require("services.manage")
    uow.session.refresh(service)
    check_verb(verb, ServiceState(service.state))
    return _queue(uow, service, verb, reason, evidence)


def repeat(uow: UnitOfWork, service: Service, verb: str, reason: str) -> Job:
    """Ask the vendor again for the state that our books have already: `suspend` of what is suspended.

    Nothing changes in the books, and nobody is written to. Raises: NotAllowed, IllegalMove, Refused.
    """
    uow.actor.require("services.manage")
    uow.session.refresh(service)
    if VERBS[verb][1] != service.state:
        raise IllegalMove(f"our books say that the service is {service.state}")
    return _queue(uow, service, verb, reason, None, again=True)


def _queue(
    uow: UnitOfWork,
    service: Service,
    verb: str,
    reason: str,
    evidence: Mapping[str, Any] | None,
    *,
    again: bool = False,
) -> Job:
    job_key = f"{verb}-{service.reference}-{service.actions + 1}"
    take_place(uow, service, verb)
    if service.module is not None:
        action = Action(
            verb=verb, service=queries.facts(uow, service), module=service.module, job_key=job_key
        )
        uow.hooks.before_action(action)
    payload = {"service_id": service.id, "verb": verb, "module": service.module, "reason": reason}
    job = jobs.enqueue(
        uow,
        KINDS[verb],
        job_key,
        payload | ({"again": True} if again else {}),
        subject=("service", service.id),
        client_id=service.client_id,
        provider=f"{service.module}:{service.server_id or 'new'}" if service.module else None,
    )
    audit.record(
        uow,
        f"service.request_{verb}",
        "service",
        service.id,
        client_id=service.client_id,
        after=dict(evidence) if evidence else None,
        reason=reason,
    )
    return job


def request_or_ask(uow: UnitOfWork, service: Service, verb: str, reason: str) -> Job | None:
    """As `request`, where money has come and must be kept: a refusal becomes a question for a person, not an error."""
    try:
        with uow.session.begin_nested():
            return request(uow, service, verb, reason)
    except Refused as refusal:
        key = f"service:{service.id}:{verb}:{service.actions}"
        title = f"{service.label}: {verb} was refused after a payment"
        values = {
            "key": key, "client_id": service.client_id, "title": title[:200], "cause": refusal.message,
            "opened_at": uow.now(),
        }  # fmt: skip
        insert_once(uow.session, StaffTask, values)
        return None


def is_busy(service: Service) -> bool:
    """Does an action run (or wait for a person)?"""
    return service.open_action is not None


def take_place(uow: UnitOfWork, service: Service, verb: str) -> None:
    """Take the service's one place for an action. Raises: Refused when another has it."""
    taken = uow.session.execute(
        update(Service)
        .where(Service.id == service.id, Service.open_action.is_(None), Service.actions == service.actions)
        .values(open_action=verb, actions=Service.actions + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("another action is running on this service")
    uow.session.refresh(service)
