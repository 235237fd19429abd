"""Pure rules of services: the table of legal moves, and the periods that are billed."""

from __future__ import annotations

from datetime import date

from ezcore.kernel.errors import Refused
from ezcore.kernel.period import Cycle, Period
from ezcore.services.services.models import ServiceState

MOVES: dict[ServiceState, frozenset[ServiceState]] = {
    ServiceState.PENDING: frozenset({ServiceState.ACTIVE, ServiceState.CANCELLED, ServiceState.FRAUD}),
    ServiceState.ACTIVE: frozenset({ServiceState.SUSPENDED, ServiceState.TERMINATED, ServiceState.COMPLETED}),
    ServiceState.SUSPENDED: frozenset({ServiceState.ACTIVE, ServiceState.TERMINATED}),
    ServiceState.TERMINATED: frozenset(),
    ServiceState.CANCELLED: frozenset(),
    ServiceState.FRAUD: frozenset(),
    ServiceState.COMPLETED: frozenset(),
}

# From which states a verb may be asked for, and the state it ends in (None: the one it is in).
VERBS: dict[str, tuple[frozenset[ServiceState], ServiceState | None]] = {
    "create": (frozenset({ServiceState.PENDING}), ServiceState.ACTIVE),
    "suspend": (frozenset({ServiceState.ACTIVE}), ServiceState.SUSPENDED),
    "unsuspend": (frozenset({ServiceState.SUSPENDED}), ServiceState.ACTIVE),
    "terminate": (frozenset({ServiceState.ACTIVE, ServiceState.SUSPENDED}), ServiceState.TERMINATED),
    "change_package": (frozenset({ServiceState.ACTIVE}), ServiceState.ACTIVE),
    "adopt": (frozenset({ServiceState.ACTIVE, ServiceState.SUSPENDED}), None),
    "renew": (frozenset({ServiceState.ACTIVE, ServiceState.SUSPENDED}), None),
}


class IllegalMove(Refused):
    """This service cannot go from its state to the other."""


def check_move(old: ServiceState, new: ServiceState) -> None:
    """Raises: IllegalMove."""
    if new not in MOVES[old]:
        raise IllegalMove(f"a service cannot go from {old} to {new}")


def check_verb(verb: str, state: ServiceState) -> None:
    """Raises: IllegalMove when the verb cannot be asked for in this state."""
    allowed, _ = VERBS[verb]
    if state not in allowed:
        raise IllegalMove(f"cannot {verb} a service that is {state}")


def live_key(module: str, server_id: int | None, external_id: str) -> str:
    """What is unique while a resource lives; a module without servers has one list of names for all."""
    return f"{module}:{server_id or 0}:{external_id}"


def first_period(start: date, cycle: Cycle) -> Period:
    """The period that the first invoice bills; its day becomes the anchor."""
    return Period.of(start, cycle, start.day)


def next_period(billed_until: date, cycle: Cycle, anchor_day: int) -> Period:
    """The period after the last one billed, with the anchor day kept (31 Jan, 28 Feb, 31 Mar)."""
    return Period.of(billed_until, cycle, anchor_day)
