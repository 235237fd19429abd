"""The events that the README asks for are the events that are understood, and Stripe has them all."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from ez_stripe.event_types import NOTHING_TO_DO, UNDERSTOOD
from ez_stripe.facts import READERS

README = Path(__file__).parents[1] / "README.md"
CONTRACTS = os.environ.get("EZ_CONTRACTS")


def test_every_type_that_is_understood_has_one_reader() -> None:
    assert set(READERS) == UNDERSTOOD


def test_the_readme_asks_for_exactly_these() -> None:
    told = README.read_text().partition("### The webhook endpoint")[2].partition("###")[0]
    rows = [line for line in told.splitlines() if line.startswith("| ")]
    assert set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", "\n".join(rows))) == UNDERSTOOD


def test_stripe_has_every_one_of_them() -> None:
    if not CONTRACTS:
        pytest.skip("EZ_CONTRACTS is not set: the list of types is not here")
    known = json.dumps(json.loads(Path(CONTRACTS, "stripe", "event-types.json").read_text()))
    assert {kind for kind in UNDERSTOOD if f'"{kind}"' not in known} == set()


@pytest.mark.parametrize(
    "kind",
    [
        "charge.dispute.updated",
        "customer.updated",
        "customer.subscription.resumed",
        "invoice.finalization_failed",
        "invoice.payment_attempt_required",
        "invoice.overdue",
        "invoice.overpaid",
        "payout.failed",
        "mandate.updated",
        "refund.failed",
        "payment_method.automatically_updated",
        "invoice.marked_uncollectible",
        "checkout.session.async_payment_failed",
    ],
)
def test_what_a_billing_system_must_handle_is_handled(kind: str) -> None:
    assert kind in UNDERSTOOD


def test_what_tells_nothing_is_not_asked_for() -> None:
    assert not {
        kind for kind in ("customer.created", "charge.succeeded", "invoice.upcoming") if kind in UNDERSTOOD
    }
    assert all(start.endswith(".") for start in NOTHING_TO_DO)
