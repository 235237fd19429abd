"""Reads of the network's state: the page for everybody, and what touches one client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, not_, select

from ezcore.kernel.errors import NotFound
from ezcore.publishing.incidents.models import (
    Incident,
    IncidentComponent,
    IncidentKind,
    IncidentState,
    IncidentUpdate,
    StatusComponent,
)
from ezcore.publishing.incidents.rules import is_open, phase, worst
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

AHEAD: Final = timedelta(days=7)
"""So long before planned work the clients that it touches are told on their dashboard."""
PAST: Final = 20
_RUNNING: Final = (ServiceState.PENDING, ServiceState.ACTIVE, ServiceState.SUSPENDED)


@dataclass(frozen=True)
class Told:
    """An incident with what it touches and what was said, the newest first."""

    incident: Incident
    phase: str
    parts: Sequence[str]
    updates: Sequence[IncidentUpdate]


@dataclass(frozen=True)
class Overview:
    """The page of the network: parts with how they are, what happens now, what is planned, what is over."""

    parts: Sequence[tuple[StatusComponent, str]]
    now: Sequence[Told]
    planned: Sequence[Told]
    past: Sequence[Told]

    @property
    def is_fine(self) -> bool:
        """Nothing happens now."""
        return not self.now


def components(uow: UnitOfWork) -> Sequence[StatusComponent]:
    """All parts in their order, for staff."""
    order = (StatusComponent.position, StatusComponent.name)
    return uow.session.scalars(select(StatusComponent).order_by(*order)).all()


def overview(uow: UnitOfWork) -> Overview:
    """The published state at this instant, in five questions however much there is."""
    now = uow.now()
    unsolved = _unsolved(uow).order_by(Incident.starts_at)
    living = uow.session.scalars(unsolved.limit(200)).all()
    recent = select(Incident).where(Incident.published_at.is_not(None)).order_by(Incident.starts_at.desc())
    every = {one.id: one for one in (*living, *uow.session.scalars(recent.limit(PAST * 2)))}
    parts = components(uow)
    touched, told = _details(uow, list(every), parts)
    found = [Told(one, phase(one, now), touched.names(one.id), told[one.id]) for one in every.values()]
    open_now = [one for one in found if is_open(one.incident, now)]
    states = {
        part.id: worst(one.incident for one in open_now if part.id in touched.ids[one.incident.id])
        for part in parts
    }
    over = [one for one in found if one.phase == IncidentState.SOLVED]
    return Overview(
        [(part, states[part.id]) for part in parts if part.shown],
        open_now,
        sorted(
            (one for one in found if one.phase == IncidentState.PLANNED), key=lambda t: t.incident.starts_at
        ),
        sorted(over, key=lambda one: one.incident.starts_at, reverse=True)[:PAST],
    )


def one_told(uow: UnitOfWork, number: int, *, published: bool = True) -> Told:
    """One incident. Raises: NotFound, also for one that is not published when that is wanted."""
    found = uow.session.get(Incident, number)
    if found is None or (published and found.published_at is None):
        raise NotFound("There is no such report")
    touched, told = _details(uow, [found.id], components(uow))
    return Told(found, phase(found, uow.now()), touched.names(found.id), told[found.id])


def touched_parts(uow: UnitOfWork, incident_id: int) -> set[int]:
    """The numbers of the parts that it touches."""
    query = select(IncidentComponent.component_id).where(IncidentComponent.incident_id == incident_id)
    return set(uow.session.scalars(query))


def affecting(uow: UnitOfWork, client_id: int) -> list[tuple[Incident, str]]:
    """What touches a server on which this client has a service, now or within a week; with its phase."""
    now = uow.now()
    mine = exists().where(
        IncidentComponent.incident_id == Incident.id,
        StatusComponent.id == IncidentComponent.component_id,
        Service.server_id == StatusComponent.server_id,
        Service.client_id == client_id,
        Service.state.in_(_RUNNING),
    )
    near = Incident.starts_at <= now + AHEAD
    query = _unsolved(uow, near, mine).order_by(Incident.starts_at).limit(20)
    return [(one, phase(one, now)) for one in uow.session.scalars(query)]


def for_staff() -> Select[Incident]:
    """All of them, the newest first."""
    return select(Incident).order_by(Incident.starts_at.desc(), Incident.id.desc())


@dataclass(frozen=True)
class _Touched:
    ids: Mapping[int, set[int]]
    parts: Mapping[int, str]

    def names(self, incident_id: int) -> list[str]:
        return [name for number, name in self.parts.items() if number in self.ids[incident_id]]


def _unsolved(uow: UnitOfWork, *only: ColumnElement[bool]) -> Select[Incident]:
    """Published, not called solved, and no planned work whose end has come."""
    over = and_(Incident.kind == IncidentKind.MAINTENANCE, Incident.ends_at <= uow.now())
    return select(Incident).where(
        Incident.published_at.is_not(None), Incident.solved_at.is_(None), not_(over), *only
    )


def _details(
    uow: UnitOfWork, numbers: Sequence[int], parts: Sequence[StatusComponent]
) -> tuple[_Touched, Mapping[int, list[IncidentUpdate]]]:
    ids: dict[int, set[int]] = defaultdict(set)
    for link in uow.session.scalars(
        select(IncidentComponent).where(IncidentComponent.incident_id.in_(numbers))
    ):
        ids[link.incident_id].add(link.component_id)
    told: dict[int, list[IncidentUpdate]] = defaultdict(list)
    said = select(IncidentUpdate).where(IncidentUpdate.incident_id.in_(numbers))
    for update in uow.session.scalars(said.order_by(IncidentUpdate.at.desc(), IncidentUpdate.id.desc())):
        told[update.incident_id].append(update)
    return _Touched(ids, {part.id: part.name for part in parts}), told
