"""The imitated server in the simulation: the plugin speaks to it in process, and waiting moves virtual time."""

from __future__ import annotations

from collections.abc import Sequence

from ez_hestiacp.plugin import HestiaPlugin
from ez_hestiacp.sandbox.app import HestiaSandbox
from ez_hestiacp.sandbox.in_process import InProcess as Adapter
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp


class SimulatedServer(InProcess):
    """A server whose accounts can be counted."""

    def __init__(self, app: HestiaSandbox) -> None:
        super().__init__(app)
        self._panel = app

    def inventory(self) -> Sequence[str]:
        """Names of the accounts that stand there, the administrator's left out."""
        return [user["user"] for user in self._panel.store.all("user") if user["role"] != "admin"]


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Replace the plugin's HTTP and its waiting. Raises: TypeError for another plugin or application."""
    if not isinstance(plugin, HestiaPlugin) or not isinstance(app, HestiaSandbox):
        raise TypeError(f"{type(plugin).__name__} and {type(app).__name__} do not belong together")
    plugin.workshop.transport = lambda: Adapter(app)
    plugin.workshop.pause = pause
    app.sleep = pause
    return SimulatedServer(app)
