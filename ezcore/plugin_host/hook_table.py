"""Who implements which hook, in the order of `ez.plugins`: pluggy registers and validates, we call.

pluggy runs last-registered-first and stops at the first exception, so its own callers are not used.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pluggy

from ezcore.plugin_api import hookspecs
from ezcore.plugin_host.errors import PluginBroken

PREFIX = "ez_"


@dataclass(frozen=True)
class Implementation:
    """One plugin's answer to one hook. `picks` are the positions of the spec's arguments that it takes."""

    plugin: str
    function: Callable[..., Any]
    picks: tuple[int, ...]

    def call(self, args: tuple[Any, ...]) -> Any:
        """Call with those of `args` (in the spec's order) that the plugin wants."""
        return self.function(*[args[pick] for pick in self.picks])


class HookTable:
    """The hooks of all registered plugins."""

    def __init__(self) -> None:
        self._pluggy = pluggy.PluginManager(hookspecs.PROJECT)
        self._pluggy.add_hookspecs(hookspecs)
        self._rows: dict[str, tuple[Implementation, ...]] = {}

    def register(self, name: str, plugin: object) -> None:
        """Take a plugin's hooks in, after those of the plugins before it. Raises: PluginBroken."""
        try:
            self._pluggy.register(plugin, name)
        except Exception as error:
            self.unregister(name)
            raise PluginBroken(" ".join(str(error).split())) from error
        try:
            rows = {spec: self._row(name, plugin, spec) for spec in _marked(plugin)}
            _refuse_unmarked(plugin, set(rows))
        except PluginBroken:
            self.unregister(name)
            raise
        for spec, implementation in rows.items():
            if implementation is not None:
                self._rows[spec] = (*self._rows.get(spec, ()), implementation)

    def unregister(self, name: str) -> None:
        """Forget a plugin."""
        if self._pluggy.has_plugin(name):
            self._pluggy.unregister(name=name)
        self._rows = {
            spec: tuple(one for one in row if one.plugin != name) for spec, row in self._rows.items()
        }

    def row(self, spec: str) -> tuple[Implementation, ...]:
        """Everybody who implements a hook, in the order of `ez.plugins`."""
        return self._rows.get(spec, ())

    def of(self, plugin: str, prefix: str) -> list[str]:
        """The hooks with this prefix that a plugin implements."""
        return [
            spec
            for spec, row in self._rows.items()
            if spec.startswith(prefix) and any(one.plugin == plugin for one in row)
        ]

    def check_pending(self) -> None:
        """The last net of pluggy under our own checks. Raises: pluggy.PluginValidationError."""
        self._pluggy.check_pending()

    def _row(self, name: str, plugin: object, spec: str) -> Implementation | None:
        options = self._pluggy.parse_hookimpl_opts(plugin, spec)
        known = getattr(hookspecs, spec, None)
        if known is None or not spec.startswith(PREFIX):
            if options and options["optionalhook"]:
                return None
            raise PluginBroken(f"{spec} is not a hook of this ezcore; see docs/hooks.md")
        if options and (
            options["hookwrapper"] or options["wrapper"] or options["tryfirst"] or options["trylast"]
        ):
            raise PluginBroken(
                f"{spec}: wrappers and tryfirst/trylast are not used; ez.plugins gives the order"
            )
        function = getattr(plugin, spec)
        wanted = tuple(inspect.signature(known).parameters)
        return Implementation(
            name, function, tuple(wanted.index(arg) for arg in inspect.signature(function).parameters)
        )


def _marked(plugin: object) -> list[str]:
    marker = f"{hookspecs.PROJECT}_impl"
    return [name for name in dir(type(plugin)) if hasattr(inspect.getattr_static(plugin, name), marker)]


def _refuse_unmarked(plugin: object, marked: set[str]) -> None:
    for name in dir(type(plugin)):
        if name.startswith(PREFIX) and name not in marked and callable(getattr(type(plugin), name)):
            raise PluginBroken(f"{name} looks like a hook but is not marked with @hookimpl")
