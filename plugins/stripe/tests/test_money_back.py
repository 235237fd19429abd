"""Refunds, disputes, payouts and warnings are told as they stand, whatever the order in which they are heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import stripe
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import StripeSandbox

from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.gateway import RefundRequest
from ezcore.plugin_api.ports.webhook_source import DisputeFact, NoticeFact, PayoutFact, RefundFact
from ezcore.plugin_api.sandbox import Fault

AMOUNT = Money.parse("12.50", "EUR")
NOTHING = Money(0, "EUR")
Control = Callable[..., Any]
Charge = Callable[..., str]


def test_a_refund_that_fails_days_later_is_told_with_our_reference_and_the_reason(
    gateway: StripeGateway, sandbox: StripeSandbox, charge: Charge, control: Control, news: Any
) -> None:
    paid = charge()
    sandbox.faults.script(
        Fault("refunds.create", "late_failure", args={"status": "pending", "final": "succeeded"})
    )
    half = Money.parse("6.25", "EUR")
    made = gateway.refund(RefundRequest(operation_key="back-1", external_id=paid, amount=half, reason="half"))
    (told,) = news.facts(RefundFact)
    assert (told.payment_id, told.refund_id, told.amount) == (paid, made.external_id, half)
    assert (told.status, told.reference, told.reason) == ("pending", "back-1", "processing")
    sandbox.tick(at_once=True)
    assert [fact.status for fact in news.facts(RefundFact)] == ["succeeded"]
    control("refund", refund=made.external_id, status="failed")
    (told,) = news.facts(RefundFact)
    assert (told.status, told.reason) == ("failed", "expired_or_canceled_card")


def test_a_refund_made_in_the_dashboard_carries_no_reference_of_ours_but_is_told(
    client: stripe.StripeClient, charge: Charge, news: Any
) -> None:
    paid = charge()
    news()
    client.v1.refunds.create({"payment_intent": paid, "amount": 200})
    client.v1.refunds.create({"payment_intent": paid, "amount": 300})
    told = news.facts(RefundFact)
    assert [(fact.amount.minor, fact.reference, fact.status) for fact in told] == [
        (200, None, "succeeded"),
        (300, None, "succeeded"),
    ]


def test_a_lost_dispute_keeps_the_money_and_the_fee(charge: Charge, control: Control, news: Any) -> None:
    paid = charge()
    news()
    opened = control("dispute", payment_intent=paid, reason="product_not_received")
    (told,) = news.facts(DisputeFact)
    assert (told.payment_id, told.dispute_id, told.status) == (paid, opened["id"], "needs_response")
    assert (told.amount, told.withdrawn, told.fee) == (AMOUNT, AMOUNT, Money.parse("15.00", "EUR"))
    assert told.reason == "product_not_received"
    assert told.answer_by == datetime(2026, 11, 29, 12, tzinfo=UTC)
    control(f"dispute/{opened['id']}/answer")
    assert [fact.status for fact in news.facts(DisputeFact)] == ["under_review"]
    control(f"dispute/{opened['id']}/close", status="lost")
    (told,) = news.facts(DisputeFact)
    assert (told.status, told.withdrawn, told.fee) == ("lost", AMOUNT, Money.parse("15.00", "EUR"))


def test_a_won_dispute_gives_the_money_back_and_keeps_the_fee(
    charge: Charge, control: Control, news: Any
) -> None:
    opened = control("dispute", payment_intent=charge())
    control(f"dispute/{opened['id']}/close", status="won")
    told = news.facts(DisputeFact)
    assert [(fact.status, fact.withdrawn, fact.fee) for fact in told] == [
        ("won", NOTHING, Money.parse("15.00", "EUR"))
    ], "five events, one state"


@pytest.mark.parametrize(("end", "status"), [("warning_closed", "won"), ("prevented", "won")])
def test_an_inquiry_takes_nothing(charge: Charge, control: Control, news: Any, end: str, status: str) -> None:
    opened = control("dispute", payment_intent=charge(), inquiry=True)
    (told,) = news.facts(DisputeFact)
    assert (told.status, told.withdrawn, told.fee) == ("inquiry", NOTHING, None)
    control(f"dispute/{opened['id']}/close", status=end)
    assert [(fact.status, fact.withdrawn) for fact in news.facts(DisputeFact)] == [(status, NOTHING)]


@pytest.mark.parametrize(
    ("stripes", "ours"),
    [
        ("appeal_needs_response", "needs_response"),
        ("appeal_under_review", "under_review"),
        ("prevented", "lost"),
        ("something_of_next_year", "needs_response"),
    ],
)
def test_a_state_of_a_dispute_that_nobody_knows_needs_a_person(
    charge: Charge, control: Control, sandbox: StripeSandbox, news: Any, stripes: str, ours: str
) -> None:
    opened = control("dispute", payment_intent=charge())
    sandbox.store.put("dispute", opened["id"], {**opened, "status": stripes})
    assert [fact.status for fact in news.facts(DisputeFact)] == [ours]


def test_a_dispute_in_a_foreign_currency_says_what_it_took_in_ours(
    charge: Charge, control: Control, sandbox: StripeSandbox, news: Any
) -> None:
    opened = control("dispute", payment_intent=charge())
    held = {**opened["balance_transactions"][0], "currency": "usd", "amount": -1400, "fee": 1600}
    sandbox.store.put("dispute", opened["id"], {**opened, "balance_transactions": [held]})
    (told,) = news.facts(DisputeFact)
    assert (told.amount, told.withdrawn, told.fee) == (AMOUNT, Money(1400, "USD"), Money(1600, "USD"))


def test_a_warning_of_fraud_is_for_a_person_until_the_payment_is_refunded(
    client: stripe.StripeClient, charge: Charge, control: Control, sandbox: StripeSandbox, news: Any
) -> None:
    paid = charge()
    control("fraud_warning", payment_intent=paid)
    (told,) = news.facts(NoticeFact)
    assert told.payment_id == paid
    assert "unauthorized use of card" in told.cause
    client.v1.refunds.create({"payment_intent": paid})
    news.read = 0
    assert news.facts(NoticeFact) == []


def test_what_happens_to_payments_of_other_software_is_parked(
    client: stripe.StripeClient, control: Control, news: Any
) -> None:
    params: Any = {"amount": 900, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}
    theirs = client.v1.payment_intents.create(params).id
    client.v1.refunds.create({"payment_intent": theirs, "amount": 100})
    control("dispute", payment_intent=theirs)
    control("fraud_warning", payment_intent=theirs)
    told = {kind: facts for kind, facts in news() if facts != []}
    assert set(told) == {
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "radar.early_fraud_warning.created",
    }
    assert {str(reason) for reason in told.values()} == {
        "nothing we asked for: it carries no reference of ours"
    }


def test_a_payout_arrives_and_may_come_back(charge: Charge, control: Control, news: Any) -> None:
    charge("pay-1", "100.00")
    control("dispute", payment_intent=charge("pay-2", "10.00"))
    # 100.00 - (1.50 + 0.25) + 10.00 - (0.15 + 0.25) - 10.00 - 15.00 by hand
    sent = control("payout", currency="EUR")
    (told,) = news.facts(PayoutFact)
    assert (told.payout_id, told.status) == (sent["id"], "pending")
    assert told.amount == Money.parse("82.85", "EUR")
    assert told.arrives_on == date(2026, 11, 24)
    control(f"payout/{sent['id']}", status="paid")
    assert [(fact.status, fact.reason) for fact in news.facts(PayoutFact)] == [("paid", None)]
    control(f"payout/{sent['id']}", status="failed")
    assert [(fact.status, fact.reason) for fact in news.facts(PayoutFact)] == [
        ("failed", "The bank account has been closed.")
    ]
    again = control("payout", currency="EUR")
    assert again["amount"] == 8285, "what came back is sent again"
