"""What a module can do with a running service besides its lifecycle: which actions are offered, and asking for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ezcore.audit import operations as audit
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.ports.provisioning import Capability, ModuleAction, ProvisioningModule
from ezcore.plugin_api.values import Action
from ezcore.services import sealed_values
from ezcore.services.lifecycle.jobs import ACTION
from ezcore.services.lifecycle.operations import take_place
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from ezcore.services.services.rules import VERBS, IllegalMove
from ezcore.work import UnitOfWork

PASSWORD = "password"  # noqa: S105 - the name under which modules keep it


def actions_of(module: ProvisioningModule) -> list[ModuleAction]:
    """Everything declared; a module that only has the verb `change_password` gets its button too."""
    found = [action for action in module.actions() if action.name not in VERBS]
    verb = str(Capability.CHANGE_PASSWORD)
    if Capability.CHANGE_PASSWORD in module.capabilities and all(one.name != verb for one in found):
        found.append(
            ModuleAction(
                verb,
                "New password",
                module.steps(verb),
                icon="key-round",
                confirm="The old password stops working at once.",
                secrets=(PASSWORD,),
            )
        )
    return found


def offered(module: ProvisioningModule, state: str, *, to_client: bool) -> list[ModuleAction]:
    """What may be asked for in this state by a client (or by staff, who may do everything)."""
    return [one for one in actions_of(module) if state in one.states and (one.by_client or not to_client)]


def find_action(module: ProvisioningModule, name: str, *, to_client: bool) -> ModuleAction:
    """The action of this name. Raises: NotFound, also for one that clients may not ask for."""
    found = next((one for one in actions_of(module) if one.name == name), None)
    if found is None or (to_client and not found.by_client):
        raise NotFound("there is no such action")
    return found


def request_action(
    uow: UnitOfWork, service: Service, module: ProvisioningModule, name: str, values: Mapping[str, Any]
) -> Job:
    """Queue an action; its secret inputs are sealed for its job alone. Eight clicks give one job.

    Raises: NotAllowed; NotFound; IllegalMove (not in this state); InvalidInput naming the field of the input; Refused
    (another action runs, or a plugin's veto).
    """
    action = _checked(uow, service, module, name)
    checked = sealed_values.check(action.input_model, values) if action.input_model is not None else None
    key = f"{name}-{service.reference}-{service.actions + 1}"
    take_place(uow, service, name)
    facts = queries.facts(uow, service)
    uow.hooks.before_action(Action(verb=name, service=facts, module=module.name, job_key=key))
    plain, sealed = sealed_values.split(uow, f"job:{key}", checked) if checked is not None else ({}, {})
    payload = {"service_id": service.id, "verb": name, "module": module.name, "reason": action.title}
    payload |= {"title": action.title, "input": plain, "sealed": sealed}
    job = jobs.enqueue(
        uow,
        ACTION,
        key,
        payload,
        subject=("service", service.id),
        client_id=service.client_id,
        provider=f"{module.name}:{service.server_id or 'new'}",
    )
    audit.record(
        uow,
        "service.action",
        "service",
        service.id,
        client_id=service.client_id,
        after={"action": name, "input": plain},
    )
    return job


def _checked(uow: UnitOfWork, service: Service, module: ProvisioningModule, name: str) -> ModuleAction:
    """The action, when this actor may ask for it now."""
    to_client = uow.actor.kind == "client"
    if to_client and uow.actor.client_id == service.client_id:
        uow.actor.require("client.services")
    else:
        uow.actor.require("services.manage")
    uow.session.refresh(service)
    action = find_action(module, name, to_client=to_client)
    if service.module != module.name:
        raise NotFound("there is no such action")
    if service.state not in action.states:
        raise IllegalMove(f"{action.title} is not possible while the service is {service.state}")
    if queries.resource_of(uow, service.id) is None:
        raise Refused("nothing stands at the vendor yet")
    return action
