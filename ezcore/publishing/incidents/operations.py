"""Verbs of the network's state: tell what happens, tell how it goes on, plan work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput
from ezcore.publishing import text
from ezcore.publishing.incidents.models import (
    Impact,
    Incident,
    IncidentComponent,
    IncidentKind,
    IncidentState,
    IncidentUpdate,
    StatusComponent,
)
from ezcore.publishing.incidents.rules import STEPS
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Facts:
    """What is the matter. Planned work has a start and an end; an incident began now unless `starts_at` says when."""

    kind: IncidentKind
    title: str
    impact: Impact
    components: Collection[int]
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def begin(uow: UnitOfWork, facts: Facts, body: str) -> Incident:
    """A new one with its first words, not yet published. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    title, starts_at = _checked(uow, facts)
    first = STEPS[facts.kind][0]
    words = text.check(body)
    made = Incident(
        kind=facts.kind, title=title, impact=facts.impact, state=first, starts_at=starts_at, ends_at=facts.ends_at
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    _touch(uow, made, facts.components)
    uow.session.add(IncidentUpdate(incident_id=made.id, state=first, body=words, at=uow.now()))
    after = {"kind": str(facts.kind), "title": title, "impact": str(facts.impact)}
    audit.record(uow, "incident.add", "incident", made.id, after=after)
    return made


def change(uow: UnitOfWork, one: Incident, facts: Facts) -> None:
    """Correct what was said about it; its kind stays. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    title, starts_at = _checked(uow, facts)
    before = {"title": one.title, "impact": one.impact, "ends_at": str(one.ends_at)}
    one.title, one.impact, one.starts_at, one.ends_at = title, facts.impact, starts_at, facts.ends_at
    _touch(uow, one, facts.components)
    after = {"title": title, "impact": str(facts.impact), "ends_at": str(facts.ends_at)}
    audit.record(uow, "incident.change", "incident", one.id, before=before, after=after)


def tell(uow: UnitOfWork, one: Incident, state: IncidentState, body: str) -> IncidentUpdate:
    """What we know now. Solved ends it; another word after that opens it again.

    Raises: NotAllowed; InvalidInput naming the field.
    """
    uow.actor.require(MANAGE)
    if state not in STEPS[one.kind]:
        raise InvalidInput("Choose one of those offered", field="state")
    told = IncidentUpdate(incident_id=one.id, state=state, body=text.check(body), at=uow.now())
    uow.session.add(told)
    before, one.state = one.state, state
    one.solved_at = (one.solved_at or uow.now()) if state == IncidentState.SOLVED else None
    uow.session.flush()
    audit.record(
        uow, "incident.update", "incident", one.id, before={"state": before}, after={"state": str(state)}
    )
    return told


def publish(uow: UnitOfWork, one: Incident) -> None:
    """Everybody sees it. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.published_at is None:
        one.published_at = uow.now()
        audit.record(uow, "incident.publish", "incident", one.id, after={"title": one.title})


def withdraw(uow: UnitOfWork, one: Incident) -> None:
    """Only staff see it. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.published_at is not None:
        before = {"published_at": one.published_at.isoformat()}
        one.published_at = None
        audit.record(uow, "incident.withdraw", "incident", one.id, before=before)


def _checked(uow: UnitOfWork, facts: Facts) -> tuple[str, datetime]:
    title = check_title(facts.title)
    if facts.kind == IncidentKind.MAINTENANCE:
        if facts.starts_at is None:
            raise InvalidInput("Say when the work begins", field="starts_at")
        if facts.ends_at is None:
            raise InvalidInput("Say when the work is over", field="ends_at")
    starts_at = facts.starts_at or uow.now()
    if facts.ends_at is not None and facts.ends_at <= starts_at:
        raise InvalidInput("The end comes after the start", field="ends_at")
    known = set(uow.session.scalars(select(StatusComponent.id)))
    if not facts.components or not set(facts.components) <= known:
        raise InvalidInput("Choose the parts that it touches", field="components")
    return title, starts_at


def _touch(uow: UnitOfWork, one: Incident, components: Collection[int]) -> None:
    uow.session.execute(delete(IncidentComponent).where(IncidentComponent.incident_id == one.id))
    for number in sorted(set(components)):
        uow.session.add(IncidentComponent(incident_id=one.id, component_id=number))
    uow.session.flush()
