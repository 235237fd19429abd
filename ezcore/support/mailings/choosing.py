"""Chooses clients for a mailing. Closed clients get none; all filters that are set must fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from ezcore.accounts.models import Client, ClientStatus
from ezcore.db.bulk import among
from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.mailings.operations import Addressee
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

FILTERS: Final = ("product", "server", "service_state", "country", "language")
_NUMBERS: Final = ("product", "server")
_LONGEST_ID: Final = 18
_CHUNK: Final = 500
_SERVICES_SHOWN: Final = 5


def checked(filters: Mapping[str, str]) -> dict[str, str]:
    """The filters that are set. Raises: InvalidInput, naming the field."""
    found = {name: filters[name].strip() for name in FILTERS if filters.get(name, "").strip()}
    for name in _NUMBERS:
        value = found.get(name, "1")
        if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID):
            raise InvalidInput("Choose one of the list", field=name)
    if found.get("service_state") not in (None, *ServiceState):
        raise InvalidInput("There is no such state", field="service_state")
    return found


def how_many(uow: UnitOfWork, filters: Mapping[str, str]) -> int:
    """So many clients fit."""
    return uow.session.scalar(select(func.count()).select_from(Client).where(*_fitting(filters))) or 0


def first(uow: UnitOfWork, filters: Mapping[str, str], limit: int = 25) -> Sequence[Client]:
    """The first of them, by number."""
    query = select(Client).where(*_fitting(filters)).order_by(Client.id).limit(limit)
    return uow.session.scalars(query).all()


def addressees(uow: UnitOfWork, filters: Mapping[str, str], limit: int | None = None) -> Iterator[Addressee]:
    """All of them as a mailing takes them, by number, a part at a time."""
    last, left = 0, limit
    while left is None or left > 0:
        query = select(Client).where(*_fitting(filters), Client.id > last).order_by(Client.id)
        found = uow.session.scalars(query.limit(min(_CHUNK, left or _CHUNK))).all()
        if not found:
            return
        labels = _labels(uow, [one.id for one in found], filters)
        yield from (_addressee(one, labels.get(one.id, [])) for one in found)
        last, left = found[-1].id, None if left is None else left - len(found)


def _addressee(client: Client, labels: Sequence[str]) -> Addressee:
    shown = ", ".join(labels[:_SERVICES_SHOWN])
    if len(labels) > _SERVICES_SHOWN:
        shown += f" and {len(labels) - _SERVICES_SHOWN} more"
    details = {
        "client.name": client.name, "client.company": client.company, "client.email": client.email, "services": shown,
    }  # fmt: skip
    return Addressee(client.id, client.email, client.language, details)


def _fitting(filters: Mapping[str, str]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Client.status == ClientStatus.ACTIVE]
    if "country" in filters:
        wanted.append(Client.country == filters["country"])
    if "language" in filters:
        wanted.append(Client.language == filters["language"])
    services = _services(filters)
    if services:
        wanted.append(select(Service.id).where(Service.client_id == Client.id, *services).exists())
    return wanted


def _services(filters: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """One service must fit all that is said of services."""
    columns: dict[str, Any] = {"product": Service.product_id, "server": Service.server_id}
    wanted: list[ColumnElement[bool]] = [
        columns[name] == int(filters[name]) for name in _NUMBERS if name in filters
    ]
    if "service_state" in filters:
        wanted.append(Service.state == filters["service_state"])
    return wanted


def _labels(uow: UnitOfWork, client_ids: Sequence[int], filters: Mapping[str, str]) -> dict[int, list[str]]:
    """The services that made these clients fit; those that run, where no filter speaks of services."""
    wanted = _services(filters) or [Service.state == ServiceState.ACTIVE]
    query = select(Service.client_id, Service.label).where(
        among(uow.session, Service.client_id, client_ids), *wanted
    )
    found: dict[int, list[str]] = {}
    for client_id, label in uow.session.execute(query.order_by(Service.id)):
        found.setdefault(client_id, []).append(label)
    return found
