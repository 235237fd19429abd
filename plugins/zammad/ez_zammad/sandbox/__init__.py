"""A small imitation of Zammad: tickets, articles, users, a search, signed webhooks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, SandboxSpec, Store

TOKEN: Final = "sandbox-zammad-token-0123456789"  # noqa: S105  # nosec B105 - of the imitation
SECRET: Final = "sandbox-zammad-webhook-secret"  # noqa: S105  # nosec B105 - of the imitation


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`."""
    from ez_zammad.sandbox.app import ZammadSandbox  # noqa: PLC0415 - only the one that serves it needs it

    return ZammadSandbox(Store(folder / "zammad.sqlite"), options)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:  # noqa: ARG001 - it speaks plain HTTP
    """The plugin's settings that lead to the imitation."""
    return {"api_url": address, "token": TOKEN, "webhook_secret": SECRET}


def spec() -> SandboxSpec:
    """What `ez demo` and the tests need to start this imitation."""
    return SandboxSpec(name="zammad", make=make, tls=False, settings=settings)


__all__ = ["SECRET", "TOKEN", "make", "settings", "spec"]
