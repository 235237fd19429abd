"""The vendors of a simulated shop: their sandboxes in this process, attached to the real plugins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from ezcore.kernel.clock import MovingClock
from ezcore.plugin_api.sandbox import (
    Fault,
    GatewayInProcess,
    InProcess,
    SandboxApp,
    SandboxOptions,
    SandboxSpec,
    Send,
)
from ezcore.plugin_host import PluginHost
from ezcore.plugin_host.discovery import installed_plugins

PLUGINS = ("stripe", "proxmox", "hestiacp", "acme", "banktransfer")
"""What a simulated shop runs with; those of them that ship a sandbox are imitated."""
ADDRESS = {False: "http://127.0.0.1:1", True: "https://127.0.0.1:1"}
SITE = "http://127.0.0.1:6543"


class Vendors:
    """Every sandbox, with its state in a folder so that a restart loses nothing."""

    def __init__(self, folder: Path, clock: MovingClock, seed: int) -> None:
        self._folder, self._clock, self._seed = folder, clock, seed
        installed = {plugin.name: plugin for plugin in installed_plugins() if plugin.name in PLUGINS}
        self.plugins = [name for name in PLUGINS if name in installed]
        found = {name: installed[name].load().sandbox() for name in self.plugins}
        self._specs: dict[str, SandboxSpec] = {
            name: spec for name, spec in found.items() if spec is not None and spec.in_process is not None
        }
        self._apps: dict[str, SandboxApp] = {name: self._made(name) for name in self._specs}
        self._attached: dict[str, InProcess] = {}
        self._host: PluginHost | None = None

    def settings(self) -> dict[str, str]:
        """Lines of the ini that make the plugins talk to the sandboxes."""
        return {
            f"{name}.{key}": value
            for name, spec in self._specs.items()
            for key, value in spec.settings(ADDRESS[spec.tls], None).items()
        }

    def attach(self, host: PluginHost) -> None:
        """Lead the loaded plugins to the sandboxes."""
        self._host = host
        for name, spec in self._specs.items():
            assert spec.in_process is not None
            self._attached[name] = spec.in_process(host.plugin(name), self._apps[name], self._pause)

    def restart(self, name: str) -> None:
        """The imitation is killed and comes back with the state it had."""
        assert self._host is not None
        self._apps[name].close()
        self._apps[name] = self._made(name)
        self.attach(self._host)

    def close(self) -> None:
        """Let go of the files."""
        for app in self._apps.values():
            app.close()

    @property
    def names(self) -> list[str]:
        """Those that are imitated."""
        return list(self._specs)

    @property
    def gateway(self) -> GatewayInProcess:
        """The one that takes cards. Raises: LookupError when no such plugin is installed."""
        return self._gateway()[1]

    @property
    def gateway_name(self) -> str:
        """Its name. Raises: LookupError."""
        return self._gateway()[0]

    def renters(self) -> Mapping[str, InProcess]:
        """Those where resources of ours stand."""
        return {name: one for name, one in self._attached.items() if one.inventory() is not None}

    def work_off(self, send: Send) -> int:
        """Let each vendor do what is due."""
        return sum(one.work_off(send) for one in self._attached.values())

    def next_due(self) -> datetime | None:
        """When one of them has something to do by itself; never now or before, as that was just done."""
        times = [due for one in self._attached.values() if (due := one.next_due()) is not None]
        soonest = self._clock.now() + timedelta(seconds=1)
        return max(min(times), soonest) if times else None

    def script(self, name: str, fault: Fault) -> None:
        """Let a vendor misbehave."""
        self._apps[name].faults.script(fault)

    def behave(self) -> None:
        """No more faults; what a fault holds back is let go."""
        for app in self._apps.values():
            app.faults.clear()
        for one in self._attached.values():
            one.release()

    def _gateway(self) -> tuple[str, GatewayInProcess]:
        for name, one in self._attached.items():
            if isinstance(one, GatewayInProcess):
                return name, one
        raise LookupError("no installed plugin imitates a gateway")

    def _made(self, name: str) -> SandboxApp:
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        options = SandboxOptions(
            clock=self._clock,
            webhook_url=f"{SITE}/webhooks/{name}/",
            extra={"seed": str(self._seed), "latency": "2", "auth_delay": "0", "resources_lag": "0"},
        )
        return self._specs[name].make(folder, options)

    def _pause(self, seconds: float) -> None:
        self._clock.advance(timedelta(seconds=seconds))
