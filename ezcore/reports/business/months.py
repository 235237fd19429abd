"""Pure: a run of whole months, as days of the shop and as the instants at which they begin there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from ezcore.kernel.errors import InvalidInput

BEFORE = -1
"""The place of what was earlier than all the months."""


@dataclass(frozen=True)
class Months:
    """From one month to another, both included and both told by their first day. Raises: InvalidInput."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first.day != 1 or self.last.day != 1:
            raise InvalidInput("a month is told by its first day", field="from")
        if self.last < self.first:
            raise InvalidInput("The last month is earlier than the first", field="to")

    @cached_property
    def all(self) -> tuple[date, ...]:
        """The first day of each, in order."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return tuple(shift(self.first, step) for step in range(count))

    @property
    def end(self) -> date:
        """The first day after them."""
        return shift(self.last, 1)

    @property
    def last_day(self) -> date:
        """The last day that is in them."""
        return self.end - timedelta(days=1)

    def place(self, day: date) -> int:
        """Which of the months a day is in; `BEFORE` them, or as many as there are when it is after them."""
        if day < self.first:
            return BEFORE
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        return min(months, len(self.all))

    def starts(self, zone: str) -> tuple[datetime, ...]:
        """The instant at which each begins in a time zone, and last the one at which they are over."""
        return tuple(midnight(day, zone) for day in (*self.all, self.end))


def months_up_to(today: date, count: int) -> Months:
    """So many months, of which the last is the one of today."""
    last = today.replace(day=1)
    return Months(shift(last, 1 - count), last)


def shift(month: date, by: int) -> date:
    """The first day of the month so many months later."""
    year, number = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, number + 1, 1)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a day begins in a time zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def place_of(moment: datetime, starts: Sequence[datetime]) -> int:
    """As `Months.place`, of an instant, by the instants at which the months begin."""
    return sum(moment >= start for start in starts) - 1
