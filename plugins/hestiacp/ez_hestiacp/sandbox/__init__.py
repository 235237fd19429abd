"""A stateful imitation of a HestiaCP 1.10 server, spoken to over loopback TLS."""

from __future__ import annotations

from pathlib import Path

from ez_hestiacp.sandbox.app import HestiaSandbox
from ez_hestiacp.sandbox.seed import ACCESS_KEY, SECRET_KEY
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp, SandboxOptions, SandboxSpec, Store


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`; `options.extra` is described in `seed.py`."""
    return HestiaSandbox(Store(folder / "hestiacp.sqlite"), options)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:
    """Server settings (by the names of `ez_hestiacp.settings.ServerSettings`) that lead to the imitation."""
    return {
        "api_url": address,
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "verify_ssl": "true",
        "ca_file": str(ca_file) if ca_file else "",
    }


def spec() -> SandboxSpec:
    """What `ez demo`, the simulation and the tests need to start this imitation."""
    return SandboxSpec(name="hestiacp", make=make, tls=True, settings=settings, in_process=attach)


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Lead the loaded plugin to the application without a socket; the HTTP library is loaded only then."""
    from ez_hestiacp.sandbox.simulated import attach as attached  # noqa: PLC0415

    return attached(plugin, app, pause)


__all__ = ["HestiaSandbox", "make", "settings", "spec"]
