"""Where time comes from: the one place that may ask the machine what time it is.

Moments are aware UTC datetimes; business days are dates in a named time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ezcore.kernel.errors import InvalidInput


class UnknownTimeZone(InvalidInput):
    """This is not the name of a time zone."""


class Clock(Protocol):
    """What everything that needs the time is handed."""

    def now(self) -> datetime:
        """This moment, in UTC, aware."""
        ...

    def today(self, tz: str) -> date:
        """The day it is now in this time zone (``Europe/Madrid``). Raises: UnknownTimeZone."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """This moment, in UTC, aware."""
        return datetime.now(UTC)

    def today(self, tz: str) -> date:
        """The day it is now in this time zone. Raises: UnknownTimeZone."""
        return day_in(self.now(), tz)


class MovingClock:
    """A clock that stands still until it is moved: for tests, the simulation and previews."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """The moment this clock shows, in UTC, aware."""
        return self._now

    def today(self, tz: str) -> date:
        """The day this clock shows in this time zone. Raises: UnknownTimeZone."""
        return day_in(self._now, tz)

    def advance(self, step: timedelta) -> datetime:
        """Let time pass. Raises: ValueError for a step backwards (``move_to`` does that, on purpose)."""
        if step < timedelta(0):
            raise ValueError("time does not pass backwards; use move_to")
        self._now += step
        return self._now

    def move_to(self, moment: datetime) -> datetime:
        """Show another moment, earlier or later."""
        self._now = _aware(moment)
        return self._now


def day_in(moment: datetime, tz: str) -> date:
    """Which day a moment is in a time zone. Raises: UnknownTimeZone."""
    try:
        zone = ZoneInfo(tz)
    except (KeyError, ValueError, OSError, TypeError):
        raise UnknownTimeZone(f"{tz!r} is not the name of a time zone", field="time_zone") from None
    return moment.astimezone(zone).date()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is no moment")
    return moment.astimezone(UTC)
