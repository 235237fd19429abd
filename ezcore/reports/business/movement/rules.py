"""Pure: what services are worth in a month, and what was won and lost of it from one month end to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.reports.business.months import BEFORE, Months

# Months in one unit of a cycle, as a fraction: a year has 365 days.
_IN_MONTHS: Final = {"day": (12, 365), "week": (84, 365), "month": (1, 1), "year": (12, 1)}


@dataclass(frozen=True)
class Standing:
    """So many services of one price that began and ended in these places (`Months.place`; None: they run)."""

    began: int
    ended: int | None
    price_minor: int
    cycle: str
    count: int


@dataclass(frozen=True)
class Change:
    """The price of a service changed at an instant; `before` is what it was. Without a cycle that stayed."""

    at: datetime
    place: int
    before_minor: int
    cycle: str | None


@dataclass(frozen=True)
class Delta:
    """By how much a change raised what a service is worth in a month."""

    began: int
    ended: int | None
    place: int
    minor: int


@dataclass(frozen=True)
class Row:
    """A month: what stood when it began, what was won and lost of it."""

    month: date
    begin: Money
    new: Money
    up: Money
    down: Money
    lost: Money

    @property
    def end(self) -> Money:
        """What stood when it was over."""
        return self.begin + self.new + self.up - self.down - self.lost


def monthly(price_minor: int, cycle: str) -> int:
    """What a price is worth in a month, in whole minor units, half a unit up. What is billed once is worth nothing."""
    parsed = Cycle.parse(cycle)
    if not parsed.recurs:
        return 0
    over, under = _IN_MONTHS[parsed.unit]
    divisor = parsed.count * over
    return (2 * price_minor * under + divisor) // (2 * divisor)


def deltas(service: Standing, changes: Iterable[Change]) -> list[Delta]:
    """What each change did, walking back from the price of today.

    What a change led to is what the next one found: a change that was ordered before another was made found less.
    """
    after, cycle, made = monthly(service.price_minor, service.cycle), service.cycle, []
    for change in sorted(changes, key=lambda one: one.at, reverse=True):
        cycle = change.cycle or cycle
        before = monthly(change.before_minor, cycle)
        made.append(Delta(service.began, service.ended, change.place, after - before))
        after = before
    return made


def fold(months: Months, currency: str, standing: Iterable[Standing], changed: Iterable[Delta]) -> list[Row]:
    """One row per month; each begins with what the one before ended with."""
    count = len(months.all)
    new, up, down, lost = ([0] * (count + 1) for _ in range(4))
    begin = 0
    for one in standing:
        worth = monthly(one.price_minor, one.cycle) * one.count
        if one.began == BEFORE:
            begin += worth
        else:
            new[one.began] += worth
        if one.ended is not None:
            lost[one.ended] += worth
    for delta in changed:
        if delta.place < delta.began or not delta.minor:
            continue
        # Counted above at the price of today: until the change it was worth so much less.
        if delta.began == BEFORE:
            begin -= delta.minor
        else:
            new[delta.began] -= delta.minor
        if delta.ended is not None and delta.place > delta.ended:
            lost[delta.ended] -= delta.minor
        elif delta.minor > 0:
            up[delta.place] += delta.minor
        else:
            down[delta.place] -= delta.minor
    return _rows(months, currency, begin, (new, up, down, lost))


def _rows(months: Months, currency: str, begin: int, moves: Sequence[Sequence[int]]) -> list[Row]:
    rows, stands = [], Money(begin, currency)
    for month, *amounts in zip(months.all, *moves, strict=False):
        rows.append(Row(month, stands, *(Money(minor, currency) for minor in amounts)))
        stands = rows[-1].end
    return rows
