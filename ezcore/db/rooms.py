"""Finds the tables of the house: imports every room's `models.py`, so that `Base.metadata` is complete.

Floors forbid the database room to import the rooms above it by name; migrations and test schemas need them
all, so the modules are found by their file name: inside a noun, tables are always in `models.py`.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from sqlalchemy import Table

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


def noun_of_tables() -> dict[str, str]:
    """Which noun each core table belongs to: `billing_invoices` for models in `ezcore/billing/invoices/`."""
    import_models()
    return {
        mapper.local_table.name: "_".join(mapper.class_.__module__.split(".")[1:-1])
        for mapper in Base.registry.mappers
        if isinstance(mapper.local_table, Table)
    }
