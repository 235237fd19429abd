"""The imitation's own clock: the clock it was given, plus what a test has put it forward by.

Time zone: UTC. The shift is kept in the store, so that a restarted imitation does not fall back in time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ezcore.kernel.clock import Clock
    from ezcore.plugin_api.sandbox.store import Store

_KIND, _ID = "_clock", "shift"


class SandboxClock:
    """A `Clock` that a test may put forward through `/_control/clock`."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store

    def now(self) -> datetime:
        """The imitation's time, aware, UTC."""
        return self._clock.now() + self.shift

    def today(self, tz: str) -> date:
        """The imitation's date in a time zone."""
        return self.now().astimezone(ZoneInfo(tz)).date()

    def timestamp(self) -> int:
        """Seconds since 1970, as most vendors print time."""
        return int(self.now().timestamp())

    @property
    def shift(self) -> timedelta:
        """By how much the imitation runs ahead of the clock it was given."""
        document = self._store.get(_KIND, _ID) or {"seconds": 0}
        return timedelta(seconds=document["seconds"])

    def advance(self, by: timedelta) -> None:
        """Put the imitation's clock forward."""
        seconds = int((self.shift + by).total_seconds())
        self._store.put(_KIND, _ID, {"seconds": seconds})
