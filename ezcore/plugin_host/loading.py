"""Imports one plugin, makes it, and takes in what it brings; whatever goes wrong there makes it broken."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ezcore.plugin_api import API_VERSION
from ezcore.plugin_api.plugin import PluginBase, PluginContext
from ezcore.plugin_host.discovery import InstalledPlugin
from ezcore.plugin_host.errors import PluginBroken, PluginFailed
from ezcore.plugin_host.hook_table import HookTable
from ezcore.plugin_host.hooks import checked
from ezcore.plugin_host.ports import PortRegistry
from ezcore.plugin_host.registered import ITEMS, PORTS, Registered
from ezcore.settings import SettingsError


@dataclass(frozen=True)
class LoadedPlugin:
    """An active plugin and the folders it brings."""

    installed: InstalledPlugin
    kind: type[PluginBase]
    instance: PluginBase
    templates: Path | None
    static: Path | None
    migrations: Path | None
    web_module: str | None
    locale: Path | None = None


def import_class(installed: InstalledPlugin) -> type[PluginBase]:
    """The plugin's class. Raises: PluginBroken; SettingsError when it was written for another API."""
    try:
        kind = installed.load()
    except (Exception, SystemExit) as error:
        raise PluginBroken(f"its import failed: {_said(error)}") from error
    if not inspect.isclass(kind) or not issubclass(kind, PluginBase):
        raise PluginBroken(f"its entry point names {kind!r}, which is not a subclass of PluginBase")
    if getattr(kind, "name", None) != installed.name:
        raise PluginBroken(
            f"its class is called {getattr(kind, 'name', None)!r}, its entry point {installed.name!r}"
        )
    if kind.api.partition(".")[0] != API_VERSION.partition(".")[0]:
        raise SettingsError(
            f"the plugin {installed.name} {installed.version} was written for plugin API {kind.api}, "
            f"this ezcore offers {API_VERSION}; install a fitting version or take it out of ez.plugins"
        )
    return kind


def make(installed: InstalledPlugin, kind: type[PluginBase], context: PluginContext) -> LoadedPlugin:
    """The plugin itself. Raises: PluginBroken."""
    try:
        return LoadedPlugin(
            installed=installed,
            kind=kind,
            instance=kind(context),
            templates=_folder(kind.templates),
            static=_folder(kind.static),
            migrations=_folder(kind.migrations),
            web_module=kind.web_module(),
            locale=_folder(kind.locale),
        )
    except PluginBroken:
        raise
    except Exception as error:
        raise PluginBroken(f"it could not be made: {_said(error)}") from error


def take_in(loaded: LoadedPlugin, table: HookTable, ports: PortRegistry, registered: Registered) -> None:
    """Register its hooks and what it brings: all of it or nothing. Raises: PluginBroken."""
    name = loaded.installed.name
    table.register(name, loaded.instance)
    try:
        brought = _bring(name, table)
        acting = [
            (ITEMS[hook], item) for hook, items in brought.items() if ITEMS[hook] in PORTS for item in items
        ]
        ports.check_free(acting)
    except PluginBroken:
        table.unregister(name)
        raise
    for port, item in acting:
        ports.add(name, port, item)
    registered.add(name, brought)


def _bring(name: str, table: HookTable) -> dict[str, Sequence[Any]]:
    brought: dict[str, Sequence[Any]] = {}
    for hook in table.of(name, "ez_register_"):
        one = next(one for one in table.row(hook) if one.plugin == name)
        try:
            brought[hook] = tuple(checked(name, hook, ITEMS[hook], one.call(())))
        except PluginFailed as error:
            raise PluginBroken(str(error)) from error
        except (Exception, SystemExit) as error:
            raise PluginBroken(f"{hook} failed: {_said(error)}") from error
    return brought


def _folder(ask: Callable[[], Path | None]) -> Path | None:
    folder = ask()
    if folder is not None and not Path(folder).is_dir():
        raise PluginBroken(
            f"it names the folder {Path(folder).name} as its {ask.__name__}, which was not installed"
        )
    return folder


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
