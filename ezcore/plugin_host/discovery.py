"""Looks which plugins are installed, by entry point, without importing any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ezcore.settings import SettingsError

GROUP = "ezcore.plugins"
ESSENTIAL_GROUP = "ezcore.essential"
"""An essential plugin names itself here too: when its import fails, this is all that can be read of it."""


@dataclass(frozen=True)
class InstalledPlugin:
    """A plugin that could be listed in `ez.plugins`. `load` imports it and gives its class."""

    name: str
    distribution: str
    version: str
    load: Callable[[], Any] = field(repr=False)
    essential: bool = False


def installed_plugins() -> list[InstalledPlugin]:
    """Every plugin of this environment, by name."""
    essential = {entry.name for entry in entry_points(group=ESSENTIAL_GROUP)}
    found = {
        (entry.name, entry.dist.name if entry.dist else ""): _installed(
            entry, essential=entry.name in essential
        )
        for entry in entry_points(group=GROUP)
    }
    return [found[key] for key in sorted(found)]


def listed(names: Sequence[str], installed: Sequence[InstalledPlugin]) -> list[InstalledPlugin]:
    """The plugins of `ez.plugins`, in that order. Raises: SettingsError for one that is not there."""
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SettingsError(f"ez.plugins names {', '.join(sorted(twice))} more than once")
    return [_one(name, [plugin for plugin in installed if plugin.name == name], installed) for name in names]


def _one(name: str, found: Sequence[InstalledPlugin], all_: Sequence[InstalledPlugin]) -> InstalledPlugin:
    if not found:
        there = ", ".join(sorted({plugin.name for plugin in all_})) or "none"
        raise SettingsError(
            f"ez.plugins names {name}, which is not installed (installed: {there}); "
            f"install its distribution (usually ez-{name.replace('_', '-')}) or take it out of ez.plugins"
        )
    if len(found) > 1:
        owners = " and ".join(plugin.distribution for plugin in found)
        raise SettingsError(f"two distributions bring a plugin called {name}: {owners}; uninstall one")
    return found[0]


def _installed(entry: EntryPoint, *, essential: bool) -> InstalledPlugin:
    return InstalledPlugin(
        name=entry.name,
        distribution=entry.dist.name if entry.dist else "",
        version=entry.dist.version if entry.dist else "",
        load=entry.load,
        essential=essential,
    )
