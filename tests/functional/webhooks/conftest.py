"""A shop that knows Stripe, without a Stripe to ask: what the door does needs none."""

from __future__ import annotations

import pytest
from ez_stripe.sandbox import sandbox_settings
from webtest import TestApp

from ezcore.app import build, make_app
from ezcore.kernel.clock import MovingClock
from ezcore.settings import load
from tests.fixtures_shop import MORNING


@pytest.fixture
def stripe_shop(sqlite_url, tmp_path):
    ini = {
        "ez.plugins": "stripe",
        "ez.state_dir": str(tmp_path),
        "ez.database.url": sqlite_url,
        "ez.shop.site_url": "http://localhost",
        "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
    }
    ini |= {f"stripe.{name}": value for name, value in sandbox_settings("http://127.0.0.1:9", None).items()}
    shop = build(load(ini, {}), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True)
    yield shop
    shop.engine.dispose()


@pytest.fixture
def web(stripe_shop):
    return TestApp(make_app(stripe_shop))
