"""Add servers, choose one for a new service, open their settings for a module."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr, ValidationError
from sqlalchemy import func, select

from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.errors import NeedsInfo
from ezcore.plugin_api.ports.provisioning import ProvisioningModule, ServerFacts
from ezcore.services.servers.models import Server
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork


def add_server(
    uow: UnitOfWork, name: str, module: ProvisioningModule, values: dict[str, Any] | None = None
) -> Server:
    """A new server; secret fields are sealed. Without values the plugin's own settings describe it.

    Raises: NotAllowed; InvalidInput naming the field.
    """
    uow.actor.require("services.manage")
    server = Server(name=name, module=module.name, settings={}, sealed={})
    uow.session.add(server)
    uow.session.flush()
    if values:
        _store(uow, server, module, values)
    audit.record(uow, "server.add", "server", server.id, after={"name": name, "module": module.name})
    return server


def choose(uow: UnitOfWork, module: str) -> Server:
    """The active server of the module with the fewest live services. Raises: NeedsInfo when there is none."""
    used = (
        select(Service.server_id, func.count().label("used"))
        .where(Service.state.in_((ServiceState.ACTIVE, ServiceState.SUSPENDED)))
        .group_by(Service.server_id)
        .subquery()
    )
    server = uow.session.scalars(
        select(Server)
        .outerjoin(used, used.c.server_id == Server.id)
        .where(Server.module == module, Server.active.is_(True))
        .order_by(func.coalesce(used.c.used, 0), Server.position, Server.id)
        .limit(1)
    ).first()
    if server is None:
        raise NeedsInfo(f"no active server for {module}: add one, then retry")
    return server


def facts(uow: UnitOfWork, server: Server, module: ProvisioningModule) -> ServerFacts:
    """The server as its module sees it, secrets opened. Raises: NeedsInfo when the settings do not fit the model."""
    if not server.settings and not server.sealed:
        described = module.default_server()
        if described is None:
            raise NeedsInfo(f"server {server.name} has no settings")
        return ServerFacts(server.id, server.name, described)
    opened = {name: uow.box.open(f"server:{server.id}:{name}", text) for name, text in server.sealed.items()}
    try:
        return ServerFacts(
            server.id, server.name, module.server_model.model_validate(server.settings | opened)
        )
    except ValidationError as error:
        raise NeedsInfo(f"server {server.name}: {error.errors()[0]['msg']}") from error


def _store(uow: UnitOfWork, server: Server, module: ProvisioningModule, values: dict[str, Any]) -> None:
    try:
        checked = module.server_model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(first["msg"], field=str(first["loc"][0])) from error
    plain: dict[str, Any] = checked.model_dump(mode="json")
    sealed = {}
    for name in module.server_model.model_fields:
        value = getattr(checked, name)
        if isinstance(value, SecretStr):
            sealed[name] = uow.box.seal(f"server:{server.id}:{name}", value.get_secret_value())
            plain.pop(name)
    server.settings, server.sealed = plain, sealed
