"""The jobs of the lifecycle: our own first and last step around the steps that the module brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.providers import operations as providers
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.plugin_api.ports.provisioning import Capability, ModuleStep, ProvisioningCall, ProvisioningModule
from ezcore.plugin_api.values import Resource
from ezcore.services.lifecycle.arrival import arrive
from ezcore.services.lifecycle.call import make_call
from ezcore.services.servers import operations as servers
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service, ServiceResource
from ezcore.services.services.rules import live_key
from ezcore.work import UnitOfWork


def steps_of(context: StepContext) -> Sequence[Step[Any]]:
    """Choose a server, the module's steps, settle. A service without a module is done by people: it is just marked.

    Raises: LookupError when the module's plugin is missing or broken; the job then waits.
    """
    verb, name = context.payload["verb"], context.payload["module"]
    if name is None:
        return [_last(verb, None)]
    module = context.ports.get(ProvisioningModule, name)  # type: ignore[type-abstract]
    own = module.steps(verb)
    chosen = [Settled("server", "Choose a server", settle=_choose_server)]
    first = chosen if verb == "create" and module.needs_server else []
    if stale := stale_secrets(module, verb):
        first = [Settled("secrets", "Set the old ones aside", settle=partial(_set_aside, names=stale))]
    return [*first, *(_wrap(step, module) for step in own), _last(verb, own[-1].name)]


def _wrap(step: ModuleStep, module: ProvisioningModule) -> Step[StepContext]:
    def with_call(function: Callable[[ProvisioningCall], Any]) -> Callable[[StepContext], Any]:
        return lambda context: function(make_call(context, module))

    return Step(
        step.name,
        step.title,
        run=with_call(step.run) if step.run else None,
        undo=with_call(step.undo) if step.undo else None,
        deadline=step.deadline,
        call_limit=step.call_limit,
    )


def new_at(module: str) -> str:
    """What a job is bound to while no server was chosen for it."""
    return f"{module}:new"


def _choose_server(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    service, module = _service(uow, context), context.payload["module"]
    if service.server_id is None:
        service.server_id = servers.choose(uow, module, service.product_id).id
    if context.job.provider == new_at(module):
        # Nobody speaks to this one: what it was blamed for before its jobs had servers of their own is over.
        providers.note_answer(uow, new_at(module))
    providers.bind(uow, context.job, f"{module}:{service.server_id}")


def stale_secrets(module: ProvisioningModule, verb: str) -> tuple[str, ...]:
    """Names of the secrets that this action makes anew; a new password always is one."""
    action = module.action(verb)
    if action is not None and action.secrets:
        return action.secrets
    return ("password",) if verb == Capability.CHANGE_PASSWORD else ()


def _set_aside(uow: UnitOfWork, context: StepContext, _result: Any, *, names: tuple[str, ...]) -> None:
    """What was not revealed yet is void: the steps that follow make a new one, once, however often they run."""
    for name in names:
        services.drop_secret(uow, context.payload["service_id"], name)


def _last(verb: str, source: str | None) -> Settled:
    titles = {
        "create": "Hand over",
        "suspend": "Mark as suspended",
        "unsuspend": "Mark as active",
        "terminate": "Close the books",
        "change_package": "Note what it is now",
        "renew": "Note the renewal",
        "adopt": "Note that it is ours",
    }

    def settle(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
        service = _service(uow, context)
        if source is not None and verb == "create":
            _remember_resource(uow, service, context.results[source])
        arrive(uow, service, context.job)

    return Settled("settle", titles.get(verb, "Note what was done"), settle=settle)


def _remember_resource(uow: UnitOfWork, service: Service, result: Any) -> None:
    resource = Resource.model_validate(result)
    if service.module is None:
        raise PermanentFailure("the service lost its module")
    uow.session.add(
        ServiceResource(
            service_id=service.id,
            module=service.module,
            server_id=service.server_id,
            external_id=resource.external_id,
            operation_key=resource.operation_key,
            address=resource.address,
            location=resource.location,
            facts=resource.facts,
            created_at=uow.now(),
            live_key=live_key(service.module, service.server_id, resource.external_id),
        )
    )


def _service(uow: UnitOfWork, context: StepContext) -> Service:
    return uow.session.get_one(Service, context.payload["service_id"], with_for_update=True)


ACTION: Final = JobKind("services.action", "Work on a service", PROVISIONING, steps_of, priority=7)
KINDS: dict[str, JobKind] = {
    "action": ACTION,
} | {
    verb: JobKind(f"services.{verb}", title, PROVISIONING, steps_of, priority=priority)
    for verb, title, priority in (
        ("create", "Set up a service", 8),
        ("suspend", "Suspend a service", 3),
        ("unsuspend", "Unsuspend a service", 9),
        ("terminate", "Terminate a service", 2),
        ("change_package", "Change the package of a service", 6),
        ("renew", "Renew a service", 7),
        ("adopt", "Mark an imported service as ours", 4),
    )
}
