"""The host gets one gateway and one webhook source, and pays for Stripe's library only when it is used."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AbstractContextManager
from importlib.metadata import entry_points
from typing import Any

from ez_stripe.gateway import StripeGateway
from ez_stripe.plugin import StripePlugin
from ez_stripe.settings import StripeSettings
from ez_stripe.source import StripeWebhooks

from ezcore.plugin_api import Clock
from ezcore.plugin_api.sandbox import MovingClock


class Host:
    """Hands out settings and nothing else."""

    name = "stripe"
    core: Any = None

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def settings(self) -> StripeSettings:
        return StripeSettings(secret_key="sk_test_abcd")

    def tables(self) -> AbstractContextManager[Any]:
        raise AssertionError("Stripe has no tables of its own")


def test_it_brings_one_gateway_and_one_webhook_source(clock: MovingClock) -> None:
    plugin = StripePlugin(Host(clock))
    (gateway,) = plugin.ez_register_gateways()
    (source,) = plugin.ez_register_webhook_sources()
    assert isinstance(gateway, StripeGateway)
    assert isinstance(source, StripeWebhooks)
    assert gateway.name == source.name == StripePlugin.name


def test_the_well_known_variables_name_settings_that_exist() -> None:
    assert set(StripePlugin.environment) <= set(StripeSettings.model_fields)


def test_its_sandbox_gives_settings_the_plugin_accepts() -> None:
    spec = StripePlugin.sandbox()
    assert spec is not None
    assert StripeSettings(**spec.settings("http://127.0.0.1:12111", None)).is_sandbox


def test_the_entry_point_leads_to_the_plugin() -> None:
    found = [point for point in entry_points(group="ezcore.plugins") if point.name == "stripe"]
    assert [point.value for point in found] == ["ez_stripe.plugin:StripePlugin"]


def test_loading_the_plugin_does_not_load_stripes_library() -> None:
    script = "import sys, ez_stripe.plugin; print('stripe' in sys.modules)"
    paths = [path for path in sys.path if path]
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {script}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
