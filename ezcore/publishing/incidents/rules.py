"""What an incident or planned work is at an instant, and how a part of the network is because of it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ezcore.publishing.incidents.models import Impact, Incident, IncidentKind, IncidentState

STEPS: Final[dict[str, tuple[IncidentState, ...]]] = {
    IncidentKind.INCIDENT: (
        IncidentState.INVESTIGATING, IncidentState.IDENTIFIED, IncidentState.WATCHING, IncidentState.SOLVED,
    ),
    IncidentKind.MAINTENANCE: (IncidentState.PLANNED, IncidentState.WATCHING, IncidentState.SOLVED),
}  # fmt: skip
"""The states that staff may say, by kind."""
WORKING: Final = "working"
_WORST_FIRST: Final = (Impact.OUTAGE, Impact.DEGRADED, Impact.NOTICE)


def phase(one: Incident, now: datetime) -> str:
    """`planned`, `running`, `solved` or what staff said last."""
    if one.solved_at is not None or (
        one.ends_at is not None and one.ends_at <= now and _is_planned_work(one)
    ):
        return IncidentState.SOLVED
    if _is_planned_work(one):
        return IncidentState.PLANNED if one.starts_at > now else "running"
    return one.state


def is_open(one: Incident, now: datetime) -> bool:
    """Does it touch somebody now?"""
    return phase(one, now) not in (IncidentState.PLANNED, IncidentState.SOLVED)


def worst(open_ones: Iterable[Incident]) -> str:
    """How a part is, of the open incidents that touch it: an impact, `maintenance` or `working`."""
    found = list(open_ones)
    for impact in _WORST_FIRST:
        if any(one.impact == impact and not _is_planned_work(one) for one in found):
            return impact
    return IncidentKind.MAINTENANCE if found else WORKING


def _is_planned_work(one: Incident) -> bool:
    return one.kind == IncidentKind.MAINTENANCE
