"""A stateful imitation of Stripe for the real `stripe` library: `python -m ez_stripe.sandbox` runs it."""

from __future__ import annotations

from pathlib import Path

from ez_stripe.sandbox.app import WEBHOOK_SECRET, StripeSandbox, make
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp, SandboxSpec

SECRET_KEY = "sk_test_sandbox"  # noqa: S105 - opens nothing but the sandbox
PUBLISHABLE_KEY = "pk_test_sandbox"

__all__ = [
    "PUBLISHABLE_KEY",
    "SECRET_KEY",
    "WEBHOOK_SECRET",
    "StripeSandbox",
    "make",
    "sandbox_settings",
    "sandbox_spec",
]


def sandbox_settings(address: str, ca_file: Path | None) -> dict[str, str]:  # noqa: ARG001 - plain HTTP needs no CA
    """The plugin's settings that make it talk to a sandbox at `address`."""
    return {
        "secret_key": SECRET_KEY,
        "publishable_key": PUBLISHABLE_KEY,
        "webhook_secret": WEBHOOK_SECRET,
        "api_base": address,
    }


def sandbox_spec() -> SandboxSpec:
    """What the demo, the simulation and tests need to start the sandbox and to point the plugin at it."""
    return SandboxSpec(name="stripe", make=make, tls=False, settings=sandbox_settings, in_process=attach)


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Lead the loaded plugin to the sandbox without a socket; Stripe's library is loaded only then."""
    from ez_stripe.sandbox.simulated import attach as attached  # noqa: PLC0415

    return attached(plugin, app, pause)
