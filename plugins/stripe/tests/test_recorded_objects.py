"""Stripe's own objects, as recorded, are read without guessing: each event leads to facts, or to nothing on purpose."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ez_stripe import API_VERSION
from ez_stripe.results import REFERENCE
from ez_stripe.sandbox import StripeSandbox

CONTRACTS = os.environ.get("EZ_CONTRACTS")
EVENTS = sorted(Path(CONTRACTS, "stripe", "events").glob("*.json")) if CONTRACTS else []
NOTHING = {
    "charge.failed",
    "charge.succeeded",
    "checkout.session.completed.unpaid-async",
    "customer.created",
    "invoice.upcoming",
    "payment_intent.created",
    "setup_intent.setup_failed",
}
"""Told by another event, or not yet true."""
OURS = {REFERENCE: "ours-1"}


def made_ours(found: dict[str, Any]) -> dict[str, Any]:
    """The object as it would be, had we asked for it."""
    if found["object"] in ("payment_intent", "setup_intent", "subscription", "checkout.session"):
        found["metadata"] = {**found["metadata"], **OURS}
    if found["object"] == "invoice":
        found["parent"]["subscription_details"]["metadata"] = OURS
    return found


def fill(sandbox: StripeSandbox, paths: list[Path]) -> None:
    """Stripe knows every object of these events, the last state of each."""
    intents = [path for path in paths if "payment_intent.succeeded" in path.name]
    for path in [*paths, *intents]:
        found = made_ours(json.loads(path.read_bytes())["data"]["object"])
        if "id" in found:
            sandbox.store.put(found["object"], found["id"], found)
    for method in sandbox.store.all("payment_method"):
        sandbox.store.put("payment_method", method["id"], {**method, "customer": "cus_QXg1o8vcGmoR32"})
    for customer in sandbox.store.all("customer"):
        sandbox.store.put("customer", customer["id"], {**customer, "deleted": True})


@pytest.fixture
def told(sandbox: StripeSandbox, news: Any) -> dict[str, Any]:
    """Event -> its facts, or why it was parked."""
    if not CONTRACTS:
        pytest.skip("EZ_CONTRACTS is not set: the recorded events are not here")
    fill(sandbox, EVENTS)
    return {
        path.stem: news.of({**json.loads(path.read_bytes()), "api_version": API_VERSION}) for path in EVENTS
    }


def test_every_recorded_event_about_something_of_ours_is_understood(told: dict[str, Any]) -> None:
    assert {name: why for name, why in told.items() if isinstance(why, str)} == {}
    assert {name for name, facts in told.items() if not facts} <= NOTHING


def test_events_about_the_same_object_agree(told: dict[str, Any]) -> None:
    subscriptions = {
        fact.model_dump_json()
        for name, facts in told.items()
        if name.startswith("customer.subscription")
        for fact in facts
    }
    assert len(subscriptions) == 1
    bills = {
        fact.model_dump_json() for name, facts in told.items() if name.startswith("invoice") for fact in facts
    }
    assert len(bills) == 1
