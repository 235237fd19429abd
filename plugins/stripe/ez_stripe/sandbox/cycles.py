"""Stripe's calendar: when a cycle counted from an anchor ends. All in UTC; a short month ends on its last day."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def end_of(anchor: int, recurring: dict[str, Any], turn: int) -> int:
    """The end of the period number `turn` (from 1), in seconds since 1970."""
    start = datetime.fromtimestamp(anchor, UTC)
    count = int(recurring["interval_count"]) * turn
    unit = str(recurring["interval"])
    if unit in _DAYS:
        return int((start + timedelta(days=_DAYS[unit] * count)).timestamp())
    year, month = divmod(start.year * 12 + start.month - 1 + _MONTHS[unit] * count, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())
