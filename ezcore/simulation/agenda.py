"""What is going to happen: moments with something to do, in the order of time and then of writing down."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """Something to do at a moment; `tries` counts how often it was begun before."""

    at: datetime
    name: str
    act: Callable[[], None]
    tries: int = 0


@dataclass
class Agenda:
    """A heap of entries."""

    _heap: list[tuple[datetime, int, Entry]] = field(default_factory=list)
    _written: int = 0

    def write(self, entry: Entry) -> None:
        """Add something; two things of one moment happen in the order in which they were written."""
        self._written += 1
        heapq.heappush(self._heap, (entry.at, self._written, entry))

    def next_at(self) -> datetime | None:
        """The first moment with something to do."""
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: datetime) -> Entry | None:
        """The first thing whose moment has come."""
        return heapq.heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None
