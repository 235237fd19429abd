"""Add and change servers and their groups; open their settings for a module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, select, update

from ezcore.audit import operations as audit
from ezcore.catalog.products.models import Product
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.errors import NeedsInfo
from ezcore.plugin_api.ports.provisioning import ProvisioningModule, ServerFacts
from ezcore.services import sealed_values
from ezcore.services.servers.models import FillPolicy, ProductServerGroup, Server, ServerGroup
from ezcore.services.servers.placement import choose
from ezcore.work import UnitOfWork

__all__ = [
    "ServerCard",
    "add_group",
    "add_server",
    "change_group",
    "change_server",
    "choose",
    "facts",
    "facts_for",
]


@dataclass(frozen=True)
class ServerCard:
    """What we keep about a server ourselves, besides what its module needs to talk to it."""

    name: str
    active: bool = True
    maintenance: bool = False
    capacity: int | None = None
    position: int = 0
    group_id: int | None = None
    host_name: str = ""
    addresses: str = ""
    location: str = ""
    note: str = ""


def add_server(
    uow: UnitOfWork,
    name: str,
    module: ProvisioningModule,
    values: dict[str, Any] | None = None,
    card: ServerCard | None = None,
) -> Server:
    """A new server; secret fields are sealed. Without values the plugin's own settings describe it.

    Raises: NotAllowed; InvalidInput naming the field.
    """
    uow.actor.require("services.manage")
    if not module.needs_server:
        raise InvalidInput(f"{module.label} needs no server", field="module")
    card = card or ServerCard(name)
    _check_card(uow, card, module.name)
    new = {
        "name": card.name,
        "module": module.name,
        "settings": {},
        "sealed": {},
        "active": True,
        "position": 0,
    }
    number = insert_once(uow.session, Server, new)
    if number is None:
        raise InvalidInput("another server has this name", field="name")
    server = uow.session.get_one(Server, number)
    _write_card(server, card)
    if values:
        _store(uow, server, module, values)
    audit.record(uow, "server.add", "server", server.id, after={"name": server.name, "module": module.name})
    return server


def change_server(
    uow: UnitOfWork,
    server: Server,
    module: ProvisioningModule | None,
    values: Mapping[str, Any] | None,
    card: ServerCard,
) -> None:
    """Change what we keep of a server, and its settings where `values` are given; a secret left blank stays.

    Its module never changes. Raises: NotAllowed; InvalidInput naming the field.
    """
    uow.actor.require("services.manage")
    uow.session.refresh(server, with_for_update=True)
    _check_card(uow, card, server.module)
    taken = select(Server.id).where(Server.name == card.name, Server.id != server.id)
    if uow.session.scalar(taken) is not None:
        raise InvalidInput("another server has this name", field="name")
    before = {name: getattr(server, name) for name in asdict(card)}
    _write_card(server, card)
    if module is not None and values is not None:
        _store(uow, server, module, values)
    after = {name: value for name, value in asdict(card).items() if value != before[name]}
    audit.record(
        uow, "server.change", "server", server.id, before={name: before[name] for name in after}, after=after
    )


def add_group(uow: UnitOfWork, name: str, module: str, policy: str) -> ServerGroup:
    """A new group. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require("services.manage")
    values = {"name": _group_name(name), "module": module, "policy": _policy(policy)}
    number = insert_once(uow.session, ServerGroup, values)
    if number is None:
        raise InvalidInput("another group has this name", field="name")
    audit.record(uow, "server_group.add", "server_group", number, after=values)
    return uow.session.get_one(ServerGroup, number)


def change_group(
    uow: UnitOfWork, group: ServerGroup, name: str, policy: str, products: Sequence[Product]
) -> None:
    """Name, policy, and which products are made in the group. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require("services.manage")
    group.name, group.policy = _group_name(name), _policy(policy)
    taken = select(ServerGroup.id).where(ServerGroup.name == group.name, ServerGroup.id != group.id)
    with uow.session.no_autoflush:
        if uow.session.scalar(taken) is not None:
            raise InvalidInput("another group has this name", field="name")
    for product in products:
        if product.module != group.module:
            raise InvalidInput(f"{product.name} is made by another module", field="products")
    chosen = [product.id for product in products]
    uow.session.execute(delete(ProductServerGroup).where(ProductServerGroup.group_id == group.id))
    uow.session.execute(delete(ProductServerGroup).where(ProductServerGroup.product_id.in_(chosen)))
    uow.session.add_all(ProductServerGroup(product_id=one, group_id=group.id) for one in chosen)
    after = {"name": group.name, "policy": group.policy, "products": chosen}
    audit.record(uow, "server_group.change", "server_group", group.id, after=after)


def note_test(uow: UnitOfWork, server_id: int, report: dict[str, Any] | None, problem: str | None) -> None:
    """What the server answered to a connection test, with the time. The last report stays beside a later problem."""
    values: dict[str, Any] = {"tested_at": uow.now(), "test_problem": problem}
    if report is not None:
        values["test_report"] = report
    uow.session.execute(update(Server).where(Server.id == server_id).values(**values))
    audit.record(uow, "server.test", "server", server_id, after={"problem": problem})


def facts_for(uow: UnitOfWork, server_id: int | None, module: ProvisioningModule) -> ServerFacts:
    """The server of a service as its module sees it; a module that needs none gets the empty one.

    Raises: NeedsInfo (no server yet, or settings that do not fit).
    """
    if not module.needs_server:
        return ServerFacts(0, "", module.server_model.model_construct())
    server = uow.session.get(Server, server_id) if server_id is not None else None
    if server is None:
        raise NeedsInfo("this service has no server: choose one, then retry")
    return facts(uow, server, module)


def facts(uow: UnitOfWork, server: Server, module: ProvisioningModule) -> ServerFacts:
    """The server as its module sees it, secrets opened. Raises: NeedsInfo when the settings do not fit the model."""
    if not server.settings and not server.sealed:
        described = module.default_server()
        if described is None:
            raise NeedsInfo(f"server {server.name} has no settings")
        return ServerFacts(server.id, server.name, described)
    opened = sealed_values.opened(uow, f"server:{server.id}", server.sealed)
    try:
        return ServerFacts(
            server.id, server.name, module.server_model.model_validate(server.settings | opened)
        )
    except ValidationError as error:
        raise NeedsInfo(f"server {server.name}: {error.errors()[0]['msg']}") from error


def _store(uow: UnitOfWork, server: Server, module: ProvisioningModule, values: Mapping[str, Any]) -> None:
    """Keep settings; a secret that is blank or missing stays the one that is stored."""
    stored = sealed_values.opened(uow, f"server:{server.id}", server.sealed or {})
    given = {name: value for name, value in values.items() if not (name in stored and value in ("", None))}
    checked = sealed_values.check(module.server_model, stored | given)
    server.settings, server.sealed = sealed_values.split(uow, f"server:{server.id}", checked)


def _check_card(uow: UnitOfWork, card: ServerCard, module: str) -> None:
    if not card.name.strip():
        raise InvalidInput("a server has a name", field="name")
    if card.capacity is not None and card.capacity < 0:
        raise InvalidInput("a capacity is a number of accounts, or empty for no limit", field="capacity")
    if card.group_id is None:
        return
    group = uow.session.get(ServerGroup, card.group_id)
    if group is None or group.module != module:
        raise InvalidInput("there is no such group for this module", field="group_id")


def _write_card(server: Server, card: ServerCard) -> None:
    for name, value in asdict(card).items():
        setattr(server, name, value)


def _group_name(name: str) -> str:
    if not name.strip():
        raise InvalidInput("a group has a name", field="name")
    return name.strip()[:80]


def _policy(policy: str) -> str:
    if policy not in set(FillPolicy):
        raise InvalidInput("there is no such fill policy", field="policy")
    return policy
