"""Verbs of the network's parts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.publishing.incidents.models import StatusComponent
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.services.servers.models import Server
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Part:
    """A part as staff describe it. One that is not shown is on no page; its incidents still reach its clients."""

    name: str
    blurb: str = ""
    server_id: int | None = None
    position: int = 0
    shown: bool = True


def by_id(uow: UnitOfWork, number: int) -> StatusComponent:
    """One of them. Raises: NotFound."""
    found = uow.session.get(StatusComponent, number)
    if found is None:
        raise NotFound("There is no such part")
    return found


def add(uow: UnitOfWork, part: Part) -> StatusComponent:
    """A new part. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    made = StatusComponent(**_facts(uow, part, None))
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "status_component.add", "status_component", made.id, after={"name": made.name})
    return made


def change(uow: UnitOfWork, one: StatusComponent, part: Part) -> None:
    """Another name, place or server. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    before = {"name": one.name, "server_id": one.server_id, "shown": one.shown}
    for name, value in _facts(uow, part, one.id).items():
        setattr(one, name, value)
    after = {"name": one.name, "server_id": one.server_id, "shown": one.shown}
    audit.record(uow, "status_component.change", "status_component", one.id, before=before, after=after)


def _facts(uow: UnitOfWork, part: Part, own_id: int | None) -> dict[str, object]:
    name = check_title(part.name, "name", 80)
    same = uow.session.scalar(select(StatusComponent.id).where(StatusComponent.name == name))
    if same is not None and same != own_id:
        raise InvalidInput("There is a part of this name already", field="name")
    if part.server_id is not None and uow.session.get(Server, part.server_id) is None:
        raise InvalidInput("Choose one of those offered", field="server_id")
    return {
        "name": name, "blurb": " ".join(part.blurb.split())[:200], "server_id": part.server_id,
        "position": part.position, "shown": part.shown,
    }  # fmt: skip
