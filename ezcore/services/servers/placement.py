"""Placement: which server gets a new account. Capacity is never exceeded, however many choose at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select

from ezcore.plugin_api.errors import NeedsInfo
from ezcore.services.servers.models import FillPolicy, ProductServerGroup, Server, ServerGroup
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.work import UnitOfWork


def choose(uow: UnitOfWork, module: str, product_id: int | None = None) -> Server:
    """The server for a new account, by the policy of the product's group (or all servers, least used first).

    The rows of the candidates stay locked until the caller's transaction ends, so the place that was counted as free
    is taken before anybody else counts. Raises: NeedsInfo when there is none with room.
    """
    group = _group_of(uow, product_id)
    query = select(Server).where(Server.module == module, Server.active.is_(True)).order_by(Server.id)
    if group is not None:
        query = query.where(Server.group_id == group.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    servers = uow.session.scalars(locked).all()
    used = accounts_per_server(uow, [server.id for server in servers])
    place = f"in group {group.name}" if group is not None else f"for {module}"
    if not servers:
        raise NeedsInfo(f"no active server {place}: add one, then retry")
    free = [server for server in servers if has_room(server, used.get(server.id, 0))]
    if not free:
        raise NeedsInfo(
            f"every server {place} is full or in maintenance: add one or raise a capacity, then retry"
        )
    chosen = pick(free, used, group.policy if group is not None else FillPolicy.LEAST_USED)
    chosen.chosen += 1
    return chosen


def has_room(server: Server, used: int) -> bool:
    """May it get one more account?"""
    return not server.maintenance and (server.capacity is None or used < server.capacity)


def pick(free: Sequence[Server], used: Mapping[int, int], policy: str) -> Server:
    """The next one among servers with room. Pure."""
    if policy == FillPolicy.FILL_FIRST:
        return min(free, key=lambda one: (one.position, one.id))
    if policy == FillPolicy.ROUND_ROBIN:
        return min(free, key=lambda one: (one.chosen, one.position, one.id))
    return min(free, key=lambda one: (used.get(one.id, 0), one.position, one.id))


def accounts_per_server(uow: UnitOfWork, server_ids: Sequence[int]) -> dict[int, int]:
    """How many places are taken: live services, those being set up, and what was left standing by one that is over."""
    stands = select(ServiceResource.id).where(
        ServiceResource.service_id == Service.id, ServiceResource.removed_at.is_(None)
    )
    living = (ServiceState.PENDING, ServiceState.ACTIVE, ServiceState.SUSPENDED)
    rows = uow.session.execute(
        select(Service.server_id, func.count())
        .where(Service.server_id.in_(server_ids), or_(Service.state.in_(living), stands.exists()))
        .group_by(Service.server_id)
    )
    return {int(server): int(count) for server, count in rows if server is not None}


def _group_of(uow: UnitOfWork, product_id: int | None) -> ServerGroup | None:
    if product_id is None:
        return None
    query = (
        select(ServerGroup)
        .join(ProductServerGroup, ProductServerGroup.group_id == ServerGroup.id)
        .where(ProductServerGroup.product_id == product_id)
    )
    return uow.session.scalars(query).first()
