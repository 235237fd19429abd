"""Billing cycles in words: on tabs ("Monthly"), after an amount ("per month"), as a length for sorting."""

from __future__ import annotations

from ezcore.kernel.period import Cycle

_NAMES = {"day": "Daily", "week": "Weekly", "month": "Monthly", "year": "Yearly", "once": "One payment"}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "once": 0}


def name_of(cycle: Cycle) -> str:
    """For tabs and radio buttons."""
    return _NAMES[cycle.unit] if cycle.count == 1 else f"Every {cycle}"


def per(cycle: Cycle) -> str:
    """After an amount."""
    if not cycle.recurs:
        return "once"
    return f"per {cycle.unit}" if cycle.count == 1 else f"every {cycle}"


def length(cycle: Cycle) -> int:
    """About how many days, for sorting; once comes first."""
    return _DAYS[cycle.unit] * cycle.count


def months(cycle: Cycle) -> int:
    """Whole months in the cycle; 0 when it has none."""
    return {"month": 1, "year": 12}.get(cycle.unit, 0) * cycle.count
