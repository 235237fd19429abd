"""Billing cycles in words: on tabs ("Monthly"), after an amount ("per month"), as a length for sorting."""

from __future__ import annotations

from ezcore.kernel.period import Cycle
from ezcore.languages import many, say

_NAMES = {"day": "Daily", "week": "Weekly", "month": "Monthly", "year": "Yearly", "once": "One payment"}
_PER = {
    "day": ("per day", "every ${n} days"),
    "week": ("per week", "every ${n} weeks"),
    "month": ("per month", "every ${n} months"),
    "year": ("per year", "every ${n} years"),
}
_EVERY = {
    "day": ("Every day", "Every ${n} days"),
    "week": ("Every week", "Every ${n} weeks"),
    "month": ("Every month", "Every ${n} months"),
    "year": ("Every year", "Every ${n} years"),
}
_LENGTHS = {
    "day": ("1 day", "${n} days"),
    "week": ("1 week", "${n} weeks"),
    "month": ("1 month", "${n} months"),
    "year": ("1 year", "${n} years"),
    "once": ("One payment", "One payment"),
}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "once": 0}


def name_of(cycle: Cycle) -> str:
    """For tabs and radio buttons."""
    return say(_NAMES[cycle.unit]) if cycle.count == 1 else many(cycle.count, *_EVERY[cycle.unit])


def per(cycle: Cycle) -> str:
    """After an amount."""
    if not cycle.recurs:
        return say("once")
    return many(cycle.count, *_PER[cycle.unit])


def span(cycle: Cycle) -> str:
    """How long it is: "3 months"."""
    return many(cycle.count, *_LENGTHS[cycle.unit])


def length(cycle: Cycle) -> int:
    """About how many days, for sorting; once comes first."""
    return _DAYS[cycle.unit] * cycle.count


def months(cycle: Cycle) -> int:
    """Whole months in the cycle; 0 when it has none."""
    return {"month": 1, "year": 12}.get(cycle.unit, 0) * cycle.count
