"""A stateful imitation of Cloudflare's API, for its real Python library over loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp, SandboxOptions, SandboxSpec, Store

ACCOUNT: Final = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
TOKEN: Final = "sandbox_token_0123456789abcdefghijklmnop"  # noqa: S105 - of an imitation


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`; `options.extra` is described in `app.py`."""
    from ez_cloudflare.sandbox.app import CloudflareSandbox  # noqa: PLC0415 - only the one that serves it needs it

    return CloudflareSandbox(Store(folder / "cloudflare.sqlite"), options)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:  # noqa: ARG001 - it speaks plain HTTP
    """The plugin's settings that lead to the imitation."""
    return {"api_token": TOKEN, "account_id": ACCOUNT, "api_base": f"{address}/client/v4"}


def spec() -> SandboxSpec:
    """What `ez demo`, the simulation and the tests need to start this imitation."""
    return SandboxSpec(name="cloudflare", make=make, tls=False, settings=settings, in_process=attach)


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Lead the loaded plugin to the application without a socket."""
    from ez_cloudflare.sandbox.in_process import attach as attached  # noqa: PLC0415

    return attached(plugin, app, pause)


__all__ = ["ACCOUNT", "TOKEN", "make", "settings", "spec"]
