"""How a part of the network, and a report about it, are said: the same words and shapes for everybody."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from ezcore.web.shared.markup import badge

_PARTS: Final = {
    "working": ("active", "Working"),
    "notice": ("running", "Working, with a notice"),
    "degraded": ("due", "Slow or partly down"),
    "outage": ("failed", "Down"),
    "maintenance": ("paused", "Being worked on"),
}
_PHASES: Final = {
    "planned": ("pending", "Planned"),
    "running": ("running", "Under way"),
    "investigating": ("failed", "Investigating"),
    "identified": ("due", "Cause found"),
    "watching": ("running", "Watching"),
    "solved": ("complete", "Over"),
}


def part_badge(state: str) -> Markup:
    """How a part is."""
    return badge(*_PARTS.get(state, (state, None)))


def phase_badge(phase: str) -> Markup:
    """How far we are."""
    return badge(*_PHASES.get(phase, (phase, None)))


def phase_word(phase: str) -> str:
    """The same without its shape, for lists to choose from."""
    return _PHASES.get(phase, ("", phase))[1]
