"""The Customer Portal: a page where a client changes the card and stops a subscription, and we hear of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from ez_stripe.gateway import StripeGateway
from ez_stripe.opening_params import portal_params
from ez_stripe.sandbox import StripeSandbox, clicks

from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.gateway import PortalRequest, StoredMethod, SubscriptionItem, SubscriptionRequest
from ezcore.plugin_api.ports.webhook_source import MethodFact, SubscriptionFact
from ezcore.plugin_api.sandbox import MovingClock
from ezcore.plugin_api.values import ClientFacts

MASTERCARD = "5555555555554444"


@pytest.fixture
def client_facts(ana: StoredMethod) -> ClientFacts:
    return ClientFacts(id=7, name="Ana Client", email="ana@example.test", customer_id=ana.customer_id)


@pytest.fixture
def page(gateway: StripeGateway, client_facts: ClientFacts) -> str:
    """The portal of a client with a card and a subscription."""
    item = SubscriptionItem(description="VPS <S>", amount=Money.parse("10.00", "EUR"), cycle="1 month")
    request = SubscriptionRequest(
        operation_key="sub-1",
        reference="service-1",
        items=(item,),
        client=client_facts,
        return_url="https://shop.test/",
        cancel_url="https://shop.test/",
    )
    clicks.pay(gateway.start_subscription(request).url or "")
    return gateway.portal_url(PortalRequest(client=client_facts, return_url="https://shop.test/billing/"))


@pytest.fixture
def press(page: str) -> Callable[..., Any]:
    """Press one button of the page."""

    def press(**form: str) -> requests.Response:
        return requests.post(page, data=form, timeout=5)

    return press


def test_it_shows_cards_subscriptions_and_bills(page: str) -> None:
    text = requests.get(page, timeout=5).text
    for part in (
        "Ana Client",
        "•••• 4242",
        "10.00 EUR every 1 month",
        "SANDBOX-0001",
        "https://shop.test/billing/",
    ):
        assert part in text
    assert "<script" not in text


def test_a_new_card_is_told_and_is_charged_from_then_on(
    page: str, press: Callable[..., Any], sandbox: StripeSandbox, news: Any
) -> None:
    news()
    assert press(action="add", card=MASTERCARD).status_code == 200
    told = news.facts(MethodFact)
    assert {fact.method.label for fact in told} == {"Mastercard ending in 4444"}
    assert told[-1].is_default
    old = next(one for one in sandbox.store.all("payment_method") if one["card"]["last4"] == "4242")
    assert press(action="remove", target=old["id"]).status_code == 200
    (gone,) = news.facts(MethodFact)
    assert gone.removed_id == old["id"]


def test_a_subscription_is_stopped_and_goes_on_after_all(
    press: Callable[..., Any], sandbox: StripeSandbox, news: Any
) -> None:
    (subscription,) = sandbox.store.all("subscription")
    news()
    assert "ends on 2026-12-22" in press(action="cancel", target=subscription["id"]).text
    (fact,) = news.facts(SubscriptionFact)
    assert str(fact.cancel_at) == "2026-12-22"
    press(action="resume", target=subscription["id"])
    (fact,) = news.facts(SubscriptionFact)
    assert (fact.status, fact.cancel_at) == ("active", None)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": "add", "card": "4000000000000002"},
        {"action": "add", "card": "1234"},
        {"action": "remove", "target": "pm_of_somebody_else"},
        {"action": "explode", "target": ""},
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(press: Callable[..., Any], form: dict[str, str]) -> None:
    answer = press(**form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_another_clients_card_is_out_of_reach(
    press: Callable[..., Any], sandbox: StripeSandbox, client: Any
) -> None:
    other = client.v1.customers.create({}).id
    theirs = client.v1.payment_methods.attach("pm_card_visa", {"customer": other}).id
    assert press(action="remove", target=theirs).status_code == 422
    assert (sandbox.store.get("payment_method", theirs) or {})["customer"] == other


def test_it_closes_after_an_hour(page: str, clock: MovingClock) -> None:
    clock.advance(timedelta(minutes=61))
    assert requests.get(page, timeout=5).status_code == 410
    assert requests.post(page, data={"action": "add", "card": MASTERCARD}, timeout=5).status_code == 410


def test_a_configured_portal_is_asked_for_in_the_clients_language(client_facts: ClientFacts) -> None:
    request = PortalRequest(client=client_facts.model_copy(update={"language": "et"}), return_url="u")
    assert portal_params(request, "cus_1", "bpc_7") == {
        "configuration": "bpc_7",
        "customer": "cus_1",
        "locale": "et",
        "return_url": "u",
    }
    assert "configuration" not in portal_params(request, "cus_1", "")
