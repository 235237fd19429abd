"""A small imitation of PowerDNS's HTTP API, and the real server behind a relay that can misbehave."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp, SandboxOptions, SandboxSpec, Store

KEY: Final = "sandbox-powerdns-key-0123456789"
NAMESERVERS: Final = "ns1.example.net ns2.example.net"


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`."""
    from ez_powerdns.sandbox.app import PowerDnsSandbox  # noqa: PLC0415 - only the one that serves it needs it

    return PowerDnsSandbox(Store(folder / "powerdns.sqlite"), options)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:  # noqa: ARG001 - it speaks plain HTTP
    """The plugin's settings that lead to the imitation."""
    return {"api_url": address, "api_key": KEY, "nameservers": NAMESERVERS}


def spec() -> SandboxSpec:
    """What `ez demo`, the simulation and the tests need to start this imitation."""
    return SandboxSpec(name="powerdns", make=make, tls=False, settings=settings, in_process=attach)


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Lead the loaded plugin to the application without a socket."""
    from ez_powerdns.sandbox.in_process import attach as attached  # noqa: PLC0415

    return attached(plugin, app, pause)


__all__ = ["KEY", "NAMESERVERS", "make", "settings", "spec"]
