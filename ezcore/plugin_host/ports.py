"""The registry of acting implementers: gateways, provisioning modules, webhook sources, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from ezcore.plugin_host.errors import PluginBroken
from ezcore.plugin_host.health import Health

P = TypeVar("P")


class PortRegistry:
    """Implements `plugin_api.protocols.Ports`. `why_missing(name)` explains an empty place."""

    def __init__(self, health: Health, why_missing: Callable[[str], str]) -> None:
        self._health = health
        self._why_missing = why_missing
        self._owners: dict[tuple[type[Any], str], tuple[str, Any]] = {}

    def get(self, kind: type[P], name: str) -> P:
        """The implementer. Raises: LookupError, naming the plugin, when it is missing, broken or paused."""
        found = self._owners.get((kind, name))
        if found is None:
            raise LookupError(
                f"no active plugin brings the {_noun(kind)} {name!r}; {self._why_missing(name)}"
            )
        plugin, implementer = found
        if self._health.is_paused(plugin):
            raise LookupError(f"the plugin {plugin}, which brings the {_noun(kind)} {name!r}, is paused")
        port: P = implementer
        return port

    def names(self, kind: type[Any]) -> Sequence[str]:
        """Who can be asked now, in the order of `ez.plugins`."""
        return [
            name
            for (of_kind, name), (plugin, _) in self._owners.items()
            if of_kind is kind and not self._health.is_paused(plugin)
        ]

    def owner(self, kind: type[Any], name: str) -> str:
        """The plugin that brings it. Raises: LookupError."""
        if (kind, name) not in self._owners:
            raise LookupError(
                f"no active plugin brings the {_noun(kind)} {name!r}; {self._why_missing(name)}"
            )
        return self._owners[kind, name][0]

    def check_free(self, brought: Iterable[tuple[type[Any], Any]]) -> None:
        """Refuse names that are taken, also by each other. Raises: PluginBroken."""
        seen: set[tuple[type[Any], str]] = set()
        for kind, implementer in brought:
            key = (kind, _name(implementer))
            if key in self._owners:
                taken = self._owners[key][0]
                raise PluginBroken(f"the {_noun(kind)} {key[1]!r} is already brought by the plugin {taken}")
            if key in seen:
                raise PluginBroken(f"it brings two {_noun(kind)}s called {key[1]!r}")
            seen.add(key)

    def add(self, plugin: str, kind: type[Any], implementer: Any) -> None:
        """Give a place to an implementer whose name is free."""
        self._owners[kind, _name(implementer)] = (plugin, implementer)

    def remove(self, plugin: str) -> None:
        """Take out everything a plugin brought."""
        self._owners = {key: found for key, found in self._owners.items() if found[0] != plugin}


def _name(implementer: Any) -> str:
    name = getattr(implementer, "name", None)
    if not isinstance(name, str) or not name:
        raise PluginBroken(f"{type(implementer).__name__} has no name")
    return name


def _noun(kind: type[Any]) -> str:
    words = {"DnsProvider": "DNS provider"}
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind.__name__)
    return words.get(kind.__name__, spaced.strip())
