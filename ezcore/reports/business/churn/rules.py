"""Pure: how many stood when a month began, and how many of them left in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ezcore.reports.business.months import Months


@dataclass(frozen=True)
class Services:
    """So many services that began and ended in these places (`Months.place`; None: they run)."""

    began: int
    ended: int | None
    count: int


@dataclass(frozen=True)
class Clients:
    """So many clients; `stood` says of each month's begin, and of the end of all, whether they had a service then."""

    stood: Sequence[bool]
    count: int


@dataclass(frozen=True)
class Moves:
    """How many stood when the month began, came in it, and left in it of those that stood."""

    begin: int
    came: int
    lost: int


@dataclass(frozen=True)
class Row:
    """A month."""

    month: date
    services: Moves
    clients: Moves


def fold(months: Months, services: Iterable[Services], clients: Iterable[Clients]) -> list[Row]:
    """One row per month. What came and left within a month came, and never stood at a month's begin."""
    services, clients = list(services), list(clients)
    return [Row(month, _services(services, at), _clients(clients, at)) for at, month in enumerate(months.all)]


def _services(services: Sequence[Services], at: int) -> Moves:
    stood = [one for one in services if one.began < at and (one.ended is None or one.ended >= at)]
    return Moves(
        sum(one.count for one in stood),
        sum(one.count for one in services if one.began == at),
        sum(one.count for one in stood if one.ended == at),
    )


def _clients(clients: Sequence[Clients], at: int) -> Moves:
    def count(before: bool, after: bool) -> int:  # noqa: FBT001 - two sides of a month
        return sum(one.count for one in clients if (one.stood[at], one.stood[at + 1]) == (before, after))

    lost = count(before=True, after=False)
    return Moves(lost + count(before=True, after=True), count(before=False, after=True), lost)
