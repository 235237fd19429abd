"""Knows every event of the house: a relay reads events back by name, so each process needs their classes.

Floors forbid this room to name the rooms above; inside a noun, events are always in `events.py`, so they are
found by their file name.
"""

from __future__ import annotations

import importlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def import_events() -> list[str]:
    """Import every room's events; returns the module names."""
    names = []
    for path in sorted(_PACKAGE.glob("*/**/events.py")):
        parts = path.relative_to(_PACKAGE).with_suffix("").parts
        if parts[0] not in ("_data", "kernel", "cli"):
            names.append(".".join(("ezcore", *parts)))
            importlib.import_module(names[-1])
    return names
