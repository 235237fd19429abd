"""Durable work on names: one change each, and the daily looks at registrars."""

from __future__ import annotations

from typing import Any

from ezcore.domain_names.names import queries, sync
from ezcore.domain_names.names.actions import ACTIONS
from ezcore.domain_names.names.events import DomainActionDone
from ezcore.domain_names.names.models import DomainName, sealed_auth
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.plugin_api.jobs import PROVISIONING, JobKind
from ezcore.plugin_api.ports.registrar import Registrar, Registration
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.work import UnitOfWork


def vendor_call(context: StepContext) -> VendorCall:
    """What a vendor's verb is handed by a step of ours."""
    return VendorCall(
        operation_key=context.operation_key,
        step_key=context.step_key,
        log=context.log,
        handle=context.handle,
        attempt=context.attempt,
        answer=context.answer,
    )


def _act(context: StepContext) -> Any:
    domain = _read(context)
    registrar = context.ports.get(Registrar, domain.registrar)  # type: ignore[type-abstract]
    action = ACTIONS[context.payload["action"]]
    answer = action.run(registrar, vendor_call(context), domain.name, context.payload["data"])
    if isinstance(answer, str):  # a code: what a step returns is stored, so it is sealed before
        return {"sealed": context.work.box.seal(sealed_auth(domain.id), answer)}
    return None


def _note(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    domain = _row(uow, context)
    for name, value in ACTIONS[context.payload["action"]].settle(context.payload["data"]).items():
        setattr(domain, name, value)
    if isinstance(result, dict) and "sealed" in result:
        domain.auth_sealed, domain.auth_made_at = result["sealed"], uow.now()


def _look(context: StepContext) -> Any:
    domain = _read(context)
    found = context.ports.get(Registrar, domain.registrar).info(domain.name)  # type: ignore[type-abstract]
    return found.model_dump(mode="json") if found is not None else None


def _take_over(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    domain = _row(uow, context)
    sync.apply(uow, domain, Registration.model_validate(result) if result is not None else None)
    domain.open_action = None
    uow.emit(DomainActionDone(domain.id, domain.client_id, context.payload["action"]))


def _read(context: StepContext) -> DomainName:
    with context.work.read() as uow:
        return queries.by_id(uow, context.payload["domain_id"])


def _row(uow: UnitOfWork, context: StepContext) -> DomainName:
    return uow.session.get_one(DomainName, context.payload["domain_id"], with_for_update=True)


ACTION = JobKind(
    "domain_names.action",
    "Change a domain name",
    PROVISIONING,
    [
        Settled("act", "Tell the registrar", run=_act, settle=_note),
        Settled("look", "Read back what it has", run=_look, settle=_take_over),
    ],
    priority=6,
)
