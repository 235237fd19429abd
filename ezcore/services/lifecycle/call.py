"""Builds what a module's step is handed: facts read in a short transaction that is over before the vendor is asked."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ValidationError

from ezcore.jobs.engine.context import StepContext
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall, ProvisioningModule
from ezcore.services import sealed_values
from ezcore.services.servers import operations as servers
from ezcore.services.services import operations as services
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork, Work


def make_call(context: StepContext, module: ProvisioningModule) -> ProvisioningCall:
    """The call for one step. Raises: NeedsInfo (server settings), PermanentFailure (product settings do not fit)."""
    with context.work.read() as uow:
        service = uow.session.get_one(Service, context.payload["service_id"])
        server = servers.facts_for(uow, service.server_id, module)
        facts = queries.facts(uow, service)
        resource = queries.resource_facts(uow, service.id)
        settings = service.settings
        given = _input(uow, context, module)
    try:
        product = module.product_model.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        raise PermanentFailure(f"product setting {first['loc'][0]}: {first['msg']}") from error
    return ProvisioningCall(
        verb=context.payload["verb"],
        operation_key=resource.operation_key if resource else context.operation_key,
        step_key=context.step_key,
        service=facts,
        server=server,
        product_settings=product,
        resource=resource,
        results=context.results,
        secret=_secret_keeper(context.work, service.id),
        log=context.log,
        handle=context.handle,
        attempt=context.attempt,
        answer=context.job.answer,
        input=given,
    )


def _input(uow: UnitOfWork, context: StepContext, module: ProvisioningModule) -> BaseModel | None:
    """What was typed for this action, secrets opened. Raises: PermanentFailure when it fits no more."""
    action = module.action(context.payload["verb"])
    if action is None or action.input_model is None:
        return None
    secret = sealed_values.opened(uow, f"job:{context.job.key}", context.payload.get("sealed") or {})
    try:
        return action.input_model.model_validate((context.payload.get("input") or {}) | secret)
    except ValidationError as error:
        first = error.errors()[0]
        where = first["loc"][0] if first["loc"] else "input"
        raise PermanentFailure(f"{where}: {first['msg']}") from error


def _secret_keeper(work: Work, service_id: int) -> Callable[[str, Callable[[], str]], str]:
    def secret(name: str, make: Callable[[], str]) -> str:
        """The secret of this name, made and stored before it is used, so that a crash cannot lose it."""
        with work.write() as uow:
            return services.keep_secret(uow, service_id, name, make())

    return secret
