"""Billing periods on the real calendar, with the anchor day kept: 31 Jan, 28 Feb, 31 Mar.

Dates are days in the shop's time zone; the end of a period is exclusive.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, Self, cast, get_args

from ezcore.kernel.errors import EzError, InvalidInput

Unit = Literal["day", "week", "month", "year", "once"]
_CYCLE: Final = re.compile(r"([1-9][0-9]{0,3}) (day|week|month|year)s?")
_LONGEST: Final = 9999
_MONTHS: Final = 12


class NotRecurring(EzError):
    """What is billed once has no next period."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often something is billed: so many days, weeks, months or years, or once."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit) or type(self.count) is not int or not 1 <= self.count <= _LONGEST:
            raise InvalidInput(f"{self.count!r} {self.unit!r} is not a billing cycle", field="cycle")
        if self.unit == "once" and self.count != 1:
            raise InvalidInput("once is once", field="cycle")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1 month``, ``3 months``, ``2 weeks``, ``1 year`` or ``once``.

        Raises: InvalidInput.
        """
        if text == "once":
            return cls(1, "once")
        found = _CYCLE.fullmatch(text)
        if not found:
            raise InvalidInput(f"{text!r} is not a billing cycle; write '1 month' or 'once'", field="cycle")
        return cls(int(found[1]), cast("Unit", found[2]))

    @property
    def recurs(self) -> bool:
        """False for what is billed once."""
        return self.unit != "once"

    def __str__(self) -> str:
        if self.unit == "once":
            return "once"
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` up to, but without, ``end``; never empty."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidInput(f"a period from {self.start} cannot end on {self.end}", field="period")

    @classmethod
    def of(cls, start: date, cycle: Cycle, anchor_day: int | None = None) -> Self:
        """The period that starts here and lasts one cycle. Raises: NotRecurring."""
        return cls(start, next_start(start, cycle, anchor_day))

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside the period, as printed on an invoice."""
        return self.end - timedelta(days=1)

    def overlaps(self, other: Period) -> bool:
        """True when at least one day belongs to both."""
        return self.start < other.end and other.start < self.end

    def contains(self, day: date) -> bool:
        """True when this day is inside."""
        return self.start <= day < self.end

    def __str__(self) -> str:
        return f"{self.start} to {self.last_day}"


def next_start(start: date, cycle: Cycle, anchor_day: int | None = None) -> date:
    """When the next period starts.

    Months and years land on the anchor day (default: the day of ``start``), or on the last day of a month
    that is too short for it; the anchor stays what it was. Days and weeks have no anchor.
    Raises: NotRecurring; InvalidInput when the anchor is not a day of the month.
    """
    if cycle.unit == "once":
        raise NotRecurring
    if cycle.unit in ("day", "week"):
        return start + timedelta(days=cycle.count * (7 if cycle.unit == "week" else 1))
    anchor = start.day if anchor_day is None else anchor_day
    if not 1 <= anchor <= 31:  # noqa: PLR2004 - the longest month
        raise InvalidInput(f"{anchor} is not a day of a month", field="anchor_day")
    months = cycle.count * (_MONTHS if cycle.unit == "year" else 1)
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(anchor, monthrange(year, month + 1)[1]))
