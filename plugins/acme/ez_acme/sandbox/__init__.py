"""A stateful imitation of an ACME authority, for the real acme library over loopback TLS."""

from __future__ import annotations

from pathlib import Path

from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp, SandboxOptions, SandboxSpec, Store


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`; `options.extra` is described in `app.py`."""
    from ez_acme.sandbox.app import AcmeSandbox  # noqa: PLC0415 - only the one that serves it needs it

    return AcmeSandbox(Store(folder / "acme.sqlite"), options)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:
    """The plugin's settings that lead to the imitation."""
    return {
        "directory_url": f"{address}/directory",
        "contact_email": "ssl@example.com",
        "terms_agreed": "true",
        "ca_file": str(ca_file) if ca_file else "",
    }


def spec() -> SandboxSpec:
    """What `ez demo`, the simulation and the tests need to start this imitation."""
    return SandboxSpec(name="acme", make=make, tls=True, settings=settings, in_process=attach)


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Lead the loaded plugin to the application without a socket."""
    from ez_acme.sandbox.in_process import attach as attached  # noqa: PLC0415

    return attached(plugin, app, pause)


__all__ = ["make", "settings", "spec"]
