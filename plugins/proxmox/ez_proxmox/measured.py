"""Measured values (rrddata): lines of the cluster made into charts, and rates into amounts per hour. Pure.

A line holds averages over the step that ends at its time; a gap has no values. netin and netout are bytes per second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

FASTEST: Final = 400e9 / 8
"""Bytes per second that no card reaches: a counter that started again, read as a rate."""
HOUR: Final = 3600
FRAMES: Final = (("hour", timedelta(minutes=65)), ("day", timedelta(hours=23)), ("week", timedelta(days=6)))


@dataclass(frozen=True)
class Point:
    """The averages at `time` (Unix seconds); None where nothing was measured."""

    time: int
    values: Mapping[str, float]

    def of(self, name: str) -> float | None:
        """A value, if it was measured."""
        return self.values.get(name)


def points(lines: Sequence[Mapping[str, Any]]) -> list[Point]:
    """Read the lines, oldest first; what is no number was not measured."""
    found: dict[int, Point] = {}
    for line in lines:
        time = _number(line.get("time"))
        if time is not None and 0 < time < 2**40:
            values = {n: v for n, raw in line.items() if n != "time" and (v := _number(raw)) is not None}
            found[int(time)] = Point(int(time), values)
    return [found[time] for time in sorted(found)]


def frame_since(since: datetime, now: datetime) -> str:
    """The finest time frame that reaches back to `since`."""
    return next((name for name, reach in FRAMES if now - since <= reach), "month")


def hourly_bytes(measured: Sequence[Point], since: datetime, until: datetime) -> dict[datetime, float]:
    """Bytes in and out of every whole hour in [since, until) of which something was measured.

    A rate holds for the step before its time. Rates that cannot be (a counter started again) are gaps.
    """
    step = _step(measured)
    start, end = since.timestamp(), until.timestamp()
    sums: dict[int, float] = {}
    for point in measured:
        rate = _rate(point)
        if rate is None or step is None:
            continue
        for hour, seconds in _hours(point.time - step, point.time):
            if start <= hour and hour + HOUR <= end:
                sums[hour] = sums.get(hour, 0.0) + rate * seconds
    return {datetime.fromtimestamp(hour, UTC): amount for hour, amount in sorted(sums.items())}


def _rate(point: Point) -> float | None:
    parts = [value for name in ("netin", "netout") if (value := point.of(name)) is not None]
    if len(parts) < 2 or any(not 0 <= part <= FASTEST for part in parts):  # noqa: PLR2004 - in and out
        return None
    return sum(parts)


def _hours(begin: int, end: int) -> list[tuple[int, int]]:
    """The hours that a span touches, with the seconds of it in each."""
    found, at = [], begin
    while at < end:
        hour = at // HOUR * HOUR
        until = min(end, hour + HOUR)
        found.append((hour, until - at))
        at = until
    return found


def _step(measured: Sequence[Point]) -> int | None:
    gaps = sorted(later.time - earlier.time for earlier, later in pairwise(measured))
    return gaps[len(gaps) // 2] if gaps and gaps[len(gaps) // 2] > 0 else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
