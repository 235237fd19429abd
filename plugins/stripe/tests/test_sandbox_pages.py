"""The hosted pages: what a client can click, and what each test card leads to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
import stripe
from ez_stripe.sandbox import StripeSandbox, clicks

from ezcore.plugin_api.sandbox import MovingClock

LINE: Any = {
    "price_data": {"currency": "eur", "unit_amount": 1200, "product_data": {"name": "VPS <Small>"}},
    "quantity": 1,
}


@pytest.fixture
def session(client: stripe.StripeClient) -> stripe.checkout.Session:
    customer = client.v1.customers.create({"email": "client@example.test"})
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer.id,
            "success_url": "http://shop.test/done/?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.test/cart/",
            "line_items": [LINE],
            "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {"ez": "pay-1"}},
        }
    )


def again(client: stripe.StripeClient, session: stripe.checkout.Session) -> Any:
    return client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "setup_intent"]})


def test_the_page_shows_what_is_paid_and_hides_no_markup(session: stripe.checkout.Session) -> None:
    text = requests.get(session.url or "", timeout=5).text
    assert "VPS &lt;Small&gt;" in text
    assert "Pay 12.00 EUR" in text
    assert "client@example.test" in text
    assert "http://shop.test/cart/" in text
    assert any("4242 4242 4242 4242" in label for label in clicks.labels(text))


def test_paying_completes_the_session_and_stores_the_card(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    landed = clicks.pay(session.url or "")
    assert (landed.status, landed.location) == (303, f"http://shop.test/done/?s={session.id}")
    after = again(client, session)
    assert (after.status, after.payment_status, after.payment_intent.status) == (
        "complete",
        "paid",
        "succeeded",
    )
    assert after.payment_intent.metadata["ez"] == "pay-1"
    assert len(client.v1.customers.payment_methods.list(after.customer).data) == 1


def test_a_declined_card_leaves_the_page_open_for_another(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    landed = clicks.choose(session.url or "", clicks.DECLINED)
    assert landed.status == 402
    assert "Your card was declined." in landed.text
    assert again(client, session).status == "open"
    clicks.pay(session.url or "")
    assert len(client.v1.payment_intents.list().data) == 1
    assert again(client, session).payment_status == "paid"


def test_authentication_may_fail_and_then_pass(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    landed = clicks.choose(session.url or "", clicks.AUTHENTICATE)
    assert landed.location is not None
    assert again(client, session).payment_intent.status == "requires_action"
    assert clicks.authenticate(landed.location, passed=False).status == 402
    landed = clicks.choose(session.url or "", clicks.AUTHENTICATE)
    assert landed.location is not None
    assert clicks.authenticate(landed.location, passed=True).status == 303
    assert again(client, session).payment_status == "paid"


def test_paying_twice_charges_once(client: stripe.StripeClient, session: stripe.checkout.Session) -> None:
    clicks.pay(session.url or "")
    assert "all done" in clicks.choose(session.url or "", clicks.VISA).text
    assert len(client.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("card", "status", "word"), [(clicks.BANK, "paid", "succeeded"), (clicks.BANK_FAILS, "unpaid", "failed")]
)
def test_a_bank_debit_is_complete_but_unpaid_until_the_bank_answers(
    client: stripe.StripeClient,
    session: stripe.checkout.Session,
    sandbox: StripeSandbox,
    clock: MovingClock,
    card: str,
    status: str,
    word: str,
) -> None:
    clicks.pay(session.url or "", card)
    after = again(client, session)
    assert (after.status, after.payment_status, after.payment_intent.status) == (
        "complete",
        "unpaid",
        "processing",
    )
    clock.advance(timedelta(seconds=10))
    sandbox.tick()
    assert again(client, session).payment_status == status
    newest = [event.type for event in client.v1.events.list().data]
    assert f"checkout.session.async_payment_{word}" in newest


def test_a_session_runs_out_after_a_day(
    client: stripe.StripeClient, session: stripe.checkout.Session, sandbox: StripeSandbox, clock: MovingClock
) -> None:
    page = session.url or ""
    clock.advance(timedelta(hours=25))
    sandbox.tick()
    assert again(client, session).status == "expired"
    assert clicks.choose(page, clicks.VISA).status == 410
    assert client.v1.charges.list().data == []


def test_setup_mode_stores_a_card_without_charging(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({})
    session = client.v1.checkout.sessions.create(
        {"mode": "setup", "customer": customer.id, "currency": "eur", "success_url": "http://shop.test/"}
    )
    assert "Save card" in requests.get(session.url or "", timeout=5).text
    clicks.pay(session.url or "", clicks.AUTHENTICATE)
    assert again(client, session).setup_intent.status == "succeeded"
    assert len(client.v1.customers.payment_methods.list(customer.id).data) == 1
    assert client.v1.charges.list().data == []


def test_an_unknown_session_is_not_found(session: stripe.checkout.Session) -> None:
    assert requests.get(f"{session.url}x", timeout=5).status_code == 404


def test_an_unknown_card_is_refused_on_the_page(session: stripe.checkout.Session) -> None:
    landed = clicks.choose(session.url or "", "1234")
    assert landed.status == 422
    assert "invalid" in landed.text
