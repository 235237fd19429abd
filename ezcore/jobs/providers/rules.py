"""When a provider is left alone, and for how long. Pure."""

from __future__ import annotations

from typing import Final

MOST_FAILURES: Final = 5
PAUSES: Final = (30.0, 60.0, 120.0, 240.0, 480.0, 900.0)


def opens(failures: int, *, probing: bool) -> bool:
    """Is this the failure after which nobody asks any more? A probe that fails says it at once."""
    return probing or failures >= MOST_FAILURES


def pause_after(openings: int) -> float:
    """Seconds until the next probe, after so many openings in a row (1-based)."""
    return PAUSES[min(openings, len(PAUSES)) - 1]
