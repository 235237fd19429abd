"""A stateful imitation of a registry that speaks EPP over TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, SandboxSpec, Store

USERNAME: Final = "ez-sandbox"
PASSWORD: Final = "sandbox-Pass-8842"  # noqa: S105 - of an imitation


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`; `options.extra` is described in `app.py`."""
    from ez_epp.sandbox.app import EppSandbox  # noqa: PLC0415 - only the one that serves it needs it

    return EppSandbox(Store(folder / "epp.sqlite"), options, folder)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:
    """The plugin's settings that lead to the imitation; `address` as `epps://host:port`."""
    parts = urlsplit(address)
    return {
        "host": parts.hostname or "127.0.0.1",
        "port": str(parts.port or 700),
        "username": USERNAME,
        "password": PASSWORD,
        "ca_file": str(ca_file) if ca_file and ca_file.is_file() else "",
    }


def spec() -> SandboxSpec:
    """What tests need to start this imitation. It listens by itself: its HTTP address has the controls only."""
    return SandboxSpec(name="epp", make=make, tls=True, settings=settings)


__all__ = ["PASSWORD", "USERNAME", "make", "settings", "spec"]
