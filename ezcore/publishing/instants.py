"""Instants as staff type them, in the time zone of the shop."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from ezcore.kernel.errors import InvalidInput

_SHAPE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]+([0-9]{2}:[0-9]{2})", re.ASCII)


def read_instant(text: str, zone: str, field: str) -> datetime | None:
    """`2026-03-31 14:30` in this zone as UTC; None for nothing. Raises: InvalidInput at `field`.

    An hour that summer time skips does not exist; of one that comes twice the first is meant.
    """
    if not text.strip():
        return None
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise InvalidInput("Write a date and a time such as 2026-03-31 14:30", field=field)
    try:
        local = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=ZoneInfo(zone))
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("There is no such day or time", field=field) from None
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InvalidInput("The clocks skip this hour on that day", field=field)
    return instant


def write_instant(instant: datetime | None, zone: str) -> str:
    """As it is typed; empty for None."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if instant is not None else ""
