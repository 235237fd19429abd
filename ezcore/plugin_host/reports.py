"""How each plugin is doing, for the log, `ez plugin list`, `ez check` and the admin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PluginState(StrEnum):
    """`available` is installed and not listed; the others are listed in `ez.plugins`."""

    ACTIVE = "active"
    BROKEN = "broken"
    SUSPENDED = "suspended"
    PAUSED = "paused"
    AVAILABLE = "available"


@dataclass(frozen=True)
class PluginReport:
    """One line of the list of plugins; `reason` is empty when all is well."""

    name: str
    distribution: str
    version: str
    state: PluginState
    title: str = ""
    essential: bool = False
    reason: str = ""
