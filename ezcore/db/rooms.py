"""Finds the tables of the house: imports every room's `models.py`, so that `Base.metadata` is complete.

Floors forbid the database room to import the rooms above it by name; migrations and test schemas need them
all, so the modules are found by their file name: inside a noun, tables are always in `models.py`.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from ezcore.db.base import Base

_PACKAGE = Path(__file__).resolve().parent.parent


def import_models() -> dict[str, list[str]]:
    """Import every room's models. Returns the module names per room."""
    rooms: dict[str, list[str]] = {}
    for path in sorted(_PACKAGE.rglob("models.py")):
        parts = path.relative_to(_PACKAGE).with_suffix("").parts
        if parts[0] == "_data":
            continue
        name = ".".join(("ezcore", *parts))
        importlib.import_module(name)
        rooms.setdefault(parts[0], []).append(name)
    return rooms


def tables_by_room() -> dict[str, list[str]]:
    """Names of the core tables per room, in the order of their foreign keys."""
    import_models()
    owner = {mapper.local_table.name: _room(mapper.class_.__module__) for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        found.setdefault(owner.get(table.name, "work"), []).append(table.name)
    return found


def _room(module: str) -> str:
    return module.split(".")[1]
