"""Move a service to another server record: only our books, and only after the other server showed our tag."""

from __future__ import annotations

from typing import Any, Final

from ezcore.audit import operations as audit
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.models import Job
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.values import Resource
from ezcore.services.lifecycle.arrival import arrive
from ezcore.services.lifecycle.operations import take_place
from ezcore.services.servers import operations as servers
from ezcore.services.servers.models import Server
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from ezcore.services.services.rules import live_key
from ezcore.work import UnitOfWork

MOVE: Final = "move"


def request_move(uow: UnitOfWork, service: Service, server: Server, reason: str) -> Job:
    """Note another server for the service once that server shows the thing that carries our tag.

    Raises: NotAllowed; InvalidInput naming `server`; Refused (nothing stands at a vendor, or an action runs).
    """
    uow.actor.require("services.manage")
    uow.session.refresh(service)
    if server.module != service.module:
        raise InvalidInput("this server belongs to another module", field="server")
    if server.id == service.server_id:
        raise InvalidInput("the service is on this server", field="server")
    if queries.resource_of(uow, service.id) is None:
        raise Refused("nothing stands at the vendor yet")
    key = f"{MOVE}-{service.reference}-{service.actions + 1}"
    take_place(uow, service, MOVE)
    payload = {
        "service_id": service.id,
        "verb": MOVE,
        "module": service.module,
        "reason": reason,
        "title": f"Move to {server.name}",
        "server_id": server.id,
    }
    provider = f"{server.module}:{server.id}"
    # No client on the job: it is our bookkeeping, and a wrong guess of ours is nothing to write to them about.
    job = jobs.enqueue(uow, MOVE_SERVICE, key, payload, subject=("service", service.id), provider=provider)
    after = {"server": server.name}
    audit.record(
        uow,
        "service.request_move",
        "service",
        service.id,
        client_id=service.client_id,
        after=after,
        reason=reason,
    )
    return job


def _prove(context: StepContext) -> Any:
    module = context.ports.get(ProvisioningModule, context.payload["module"])  # type: ignore[type-abstract]
    with context.work.read() as uow:
        target = servers.facts_for(uow, context.payload["server_id"], module)
        resource = queries.resource_facts(uow, context.payload["service_id"])
    if resource is None:
        raise PermanentFailure("nothing stands at the vendor any more")
    # By our tag, never by the id: another cluster may have another machine with the same number.
    found = module.find(target, resource.operation_key)
    if found is None:
        raise PermanentFailure(
            f"server {target.name} has nothing that carries our tag {resource.operation_key}"
        )
    return found


def _note(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    service = uow.session.get_one(Service, context.payload["service_id"], with_for_update=True)
    row = queries.resource_of(uow, service.id)
    if row is None:
        raise PermanentFailure("nothing stands at the vendor any more")
    found = Resource.model_validate(context.results["prove"])
    before = {"server_id": service.server_id, "external_id": row.external_id}
    service.server_id = row.server_id = context.payload["server_id"]
    row.external_id, row.location = found.external_id, found.location
    row.address = found.address or row.address
    row.live_key = live_key(row.module, row.server_id, row.external_id)
    after = {"server_id": row.server_id, "external_id": row.external_id}
    audit.record(
        uow, "service.move", "service", service.id, client_id=service.client_id, before=before, after=after
    )
    arrive(uow, service, context.job)


MOVE_SERVICE: Final = JobKind(
    "services.move",
    "Note another server for a service",
    RECONCILE,
    [
        Step("prove", "Look for our tag on the other server", run=_prove),
        Settled("note", "Note it", settle=_note),
    ],
    priority=4,
)
