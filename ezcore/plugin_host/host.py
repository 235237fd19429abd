"""PluginHost: everything the composition needs from the plugins of this process."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ezcore.db.sealed import SecretBox
from ezcore.kernel.clock import Clock, SystemClock
from ezcore.kernel.errors import NotFound
from ezcore.kernel.events import Event
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_api.sandbox.spec import SandboxSpec
from ezcore.plugin_api.values import ProductKind
from ezcore.plugin_host import loading
from ezcore.plugin_host.configuration import Configuration, EffectiveSettings
from ezcore.plugin_host.context import HostContext
from ezcore.plugin_host.core_door import (
    Connections,
    CoreDoor,
    Desk,
    FindService,
    OwnServices,
    OwnTickets,
    ReportUsage,
    plugin_actor,
)
from ezcore.plugin_host.discovery import InstalledPlugin, installed_plugins, listed
from ezcore.plugin_host.errors import PluginBroken
from ezcore.plugin_host.health import Health
from ezcore.plugin_host.hook_table import HookTable
from ezcore.plugin_host.hooks import HookFacade, Timing
from ezcore.plugin_host.ports import PortRegistry
from ezcore.plugin_host.registered import Registered
from ezcore.plugin_host.reports import PluginReport, PluginState
from ezcore.plugin_host.ui import Slots
from ezcore.settings import Settings, SettingsError
from ezcore.work import Work

log = logging.getLogger(__name__)

Announcement = Callable[["PluginHost", Work, Event], None]
"""Turns a core event into one call of an `on_...` hook of `host.hooks`, which then speak to one plugin."""
Subscriber = Callable[[Work, Event, int], None]


class PluginHost:
    """The plugins of this process. Make it with `load_plugins`."""

    def __init__(
        self,
        installed: Sequence[InstalledPlugin],
        configuration: Configuration,
        health: Health,
        clock: Clock,
        engine: Engine | None,
    ) -> None:
        self.configuration = configuration
        self.health = health
        self.timings: dict[tuple[str, str], Timing] = {}
        self._installed = installed
        self._clock = clock
        self._engine = engine
        self._connections = Connections()
        self._table = HookTable()
        self._registered = Registered()
        self._classes: dict[str, type[PluginBase]] = {}
        self._loaded: dict[str, loading.LoadedPlugin] = {}
        self._broken: dict[str, str] = {}
        self._listed: list[InstalledPlugin] = []
        self.slots = Slots(self._registered, health)
        self.ports = PortRegistry(health, self._why_missing)
        self.hooks = HookFacade(self._table, health, self._registered, self.timings)

    def load(self, plugin: InstalledPlugin) -> None:
        """Load one listed plugin. Raises: SettingsError when it is incompatible, or essential and broken."""
        self._listed.append(plugin)
        try:
            kind = loading.import_class(plugin)
            self._classes[plugin.name] = kind
            self.configuration.check_fixed(kind)
            loaded = loading.make(plugin, kind, self._context(kind))
            loading.take_in(loaded, self._table, self.ports, self._registered)
            self._loaded[plugin.name] = loaded
        except PluginBroken as error:
            self.mark_broken(plugin.name, error.reason, error)

    def mark_broken(self, plugin: str, reason: str, error: BaseException | None = None) -> None:
        """Take a plugin out of this process; the site stays up. Raises: SettingsError when essential."""
        if self._is_essential(plugin):
            raise SettingsError(
                f"the plugin {plugin} is broken, and it is essential, so ezcore does not start: {reason}"
            ) from error
        log.error("the plugin %s is broken: %s", plugin, reason, exc_info=error)
        self._broken[plugin] = reason
        self._loaded.pop(plugin, None)
        self._table.unregister(plugin)
        self.ports.remove(plugin)
        self._registered.remove(plugin)

    def check_pending(self) -> None:
        """Pluggy's own net; ours has caught every unknown hook name before, by plugin."""
        self._table.check_pending()

    def connect(
        self,
        work: Work,
        *,
        find_service: FindService,
        report_usage: ReportUsage | None = None,
        desk: Desk | None = None,
    ) -> None:
        """Connect what plugins may ask of the core, once units of work can be made."""
        self._connections.work = work
        self._connections.find_service = find_service
        self._connections.report_usage = report_usage
        self._connections.desk = desk

    @property
    def reports(self) -> list[PluginReport]:
        """How every plugin is doing: the listed ones in their order, then what else is installed."""
        names = {plugin.name for plugin in self._listed}
        others = [plugin for plugin in self._installed if plugin.name not in names]
        return [self._report(plugin) for plugin in self._listed] + [
            PluginReport(plugin.name, plugin.distribution, plugin.version, PluginState.AVAILABLE)
            for plugin in others
        ]

    @property
    def active(self) -> list[str]:
        """Plugins that are loaded (paused and suspended ones too), in the order of `ez.plugins`."""
        return list(self._loaded)

    def plugin(self, name: str) -> PluginBase:
        """A loaded plugin. Raises: NotFound."""
        if name not in self._loaded:
            raise NotFound(f"no active plugin is called {name}; {self._why_missing(name)}")
        return self._loaded[name].instance

    def plugin_class(self, name: str) -> type[PluginBase]:
        """The class of a listed plugin that could be imported. Raises: NotFound."""
        if name not in self._classes:
            raise NotFound(f"no active plugin is called {name}; {self._why_missing(name)}")
        return self._classes[name]

    def effective_settings(self, name: str) -> EffectiveSettings:
        """Settings of a plugin with the source of each field, for the admin form. Raises: NotFound."""
        return self.configuration.effective(self.plugin_class(name))

    def hooks_of(self, name: str) -> HookFacade:
        """Hooks that speak to one plugin and let its announcements fail aloud: the outbox tries again."""
        return HookFacade(self._table, self.health, self._registered, self.timings, only=name)

    def speaking_to(self, name: str) -> PluginHost:
        """This host with hooks that speak to one plugin only, and let it fail aloud."""
        one = copy.copy(self)
        one.hooks = self.hooks_of(name)
        return one

    def subscribers(self, announced: Mapping[Any, Announcement]) -> dict[str, Subscriber]:
        """One outbox subscriber per plugin that listens, so that each is retried by itself.

        `announced` maps event classes to announcements; other events are not for plugins.
        """
        return {
            f"plugin:{name}": _subscriber(self.speaking_to(name), announced)
            for name in self._loaded
            if self._table.of(name, "ez_on_")
        }

    def product_kinds(self) -> dict[str, list[ProductKind]]:
        """Plugin -> the kinds of products it brings, offers included."""
        return self._registered.by_plugin("ez_register_product_kinds", ProductKind)

    def migrations(self) -> dict[str, Path]:
        """Plugin -> folder of its Alembic history, whose version table is `ez_<name>_version`."""
        return {name: one.migrations for name, one in self._loaded.items() if one.migrations}

    def webs(self) -> dict[str, str]:
        """Plugin -> dotted name of the module with its pages."""
        return {name: one.web_module for name, one in self._loaded.items() if one.web_module}

    def static(self) -> dict[str, Path]:
        """Plugin -> folder served from /static/plugins/<name>/."""
        return {name: one.static for name, one in self._loaded.items() if one.static}

    def templates(self) -> dict[str, Path]:
        """Plugin -> folder of its page templates."""
        return {name: one.templates for name, one in self._loaded.items() if one.templates}

    def locales(self) -> tuple[Path, ...]:
        """The folders of catalogues that plugins bring, in the order of `ez.plugins`."""
        return tuple(one.locale for one in self._loaded.values() if one.locale)

    def sandboxes(self) -> dict[str, SandboxSpec]:
        """Plugin -> the imitation of its vendor. Imported only when asked for."""
        specs = {name: one.kind.sandbox() for name, one in self._loaded.items()}
        return {name: spec for name, spec in specs.items() if spec is not None}

    def _context(self, kind: type[PluginBase]) -> HostContext:
        actor = plugin_actor(kind.name)
        core = CoreDoor(OwnServices(actor, self._connections), OwnTickets(actor, self._connections))
        return HostContext(kind, self._clock, core, self.configuration, self._engine)

    def _is_essential(self, name: str) -> bool:
        kind = self._classes.get(name)
        declared = any(plugin.essential for plugin in self._listed if plugin.name == name)
        return declared or (kind is not None and kind.essential)

    def _why_missing(self, name: str) -> str:
        if name in self._broken:
            return f"the plugin {name} is broken: {self._broken[name]}"
        if self._broken:
            return f"broken plugins: {', '.join(self._broken)}"
        return f"is the plugin that brings it listed in ez.plugins? ({name})"

    def _report(self, plugin: InstalledPlugin) -> PluginReport:
        state, reason = self._state(plugin.name)
        kind = self._classes.get(plugin.name)
        title = getattr(kind, "title", "") if kind else ""
        return PluginReport(
            plugin.name,
            plugin.distribution,
            plugin.version,
            state,
            title,
            self._is_essential(plugin.name),
            reason,
        )

    def _state(self, name: str) -> tuple[PluginState, str]:
        if name in self._broken:
            return PluginState.BROKEN, self._broken[name]
        condition = self.health.of(name)
        if condition.paused:
            return PluginState.PAUSED, "paused by staff"
        if condition.suspended:
            return PluginState.SUSPENDED, condition.last_error or "its announcements kept failing"
        return PluginState.ACTIVE, ""


def _subscriber(host: PluginHost, announced: Mapping[Any, Announcement]) -> Subscriber:
    def hear(work: Work, event: Event, _event_id: int) -> None:
        announcement = announced.get(type(event))
        if announcement is not None:
            announcement(host, work, event)

    return hear


def load_plugins(
    settings: Settings,
    *,
    engine: Engine | None = None,
    box: SecretBox | None = None,
    clock: Clock | None = None,
    installed: Sequence[InstalledPlugin] | None = None,
) -> PluginHost:
    """Load the plugins of `ez.plugins`, in that order; nothing else that is installed is imported.

    Raises: SettingsError when one is not installed, incompatible, wrongly set up, or essential and broken.
    """
    found = installed_plugins() if installed is None else installed
    clock = clock or SystemClock()
    host = PluginHost(
        found,
        Configuration(settings, engine, box),
        Health(engine, clock),
        clock,
        engine,
    )
    for plugin in listed(settings.plugins, found):
        host.load(plugin)
    host.check_pending()
    return host
