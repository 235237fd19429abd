"""The imitated cluster in the simulation: the plugin speaks to it in process, and waiting moves virtual time."""

from __future__ import annotations

from collections.abc import Sequence

from ez_proxmox.plugin import ProxmoxPlugin
from ez_proxmox.sandbox.app import ProxmoxSandbox
from ez_proxmox.sandbox.in_process import InProcess as Adapter
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp


class SimulatedCluster(InProcess):
    """A cluster whose machines can be counted."""

    def __init__(self, app: ProxmoxSandbox) -> None:
        super().__init__(app)
        self._cluster = app

    def inventory(self) -> Sequence[str]:
        """Numbers of the machines that stand there, templates left out."""
        with self._cluster.store.lock():
            self._cluster.settle()
            guests = self._cluster.guests.all()
        return [str(guest["vmid"]) for guest in guests if not guest["config"].get("template")]


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Replace the plugin's HTTP and its waiting. Raises: TypeError for another plugin or application."""
    if not isinstance(plugin, ProxmoxPlugin) or not isinstance(app, ProxmoxSandbox):
        raise TypeError(f"{type(plugin).__name__} and {type(app).__name__} do not belong together")
    plugin.workshop.transport = lambda: Adapter(app)
    plugin.workshop.pause = pause
    app.sleep = pause
    return SimulatedCluster(app)
