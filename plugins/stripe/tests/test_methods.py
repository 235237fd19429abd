"""Stored methods: stored without a payment, renewed by the bank, chosen, removed, refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import StripeSandbox, clicks

from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.gateway import SetupRequest, StoredMethod
from ezcore.plugin_api.ports.webhook_source import MethodFact, PaymentFact
from ezcore.plugin_api.sandbox import Fault
from ezcore.plugin_api.values import ClientFacts

CLIENT = ClientFacts(id=7, name="Ana Client", email="ana@example.test")


@pytest.fixture
def setup(gateway: StripeGateway) -> Callable[..., Any]:
    """Open a page that stores a method."""

    def start(client: ClientFacts = CLIENT) -> Any:
        request = SetupRequest(
            operation_key="setup-1",
            reference="client-7",
            currency="EUR",
            client=client,
            return_url="https://shop.test/methods/",
            cancel_url="https://shop.test/methods/",
        )
        return gateway.start_setup(request)

    return start


@pytest.mark.parametrize("card", [clicks.VISA, clicks.AUTHENTICATE, clicks.BANK])
def test_a_method_is_stored_and_nothing_is_charged(
    setup: Callable[..., Any], sandbox: StripeSandbox, gateway: StripeGateway, news: Any, card: str
) -> None:
    started = setup()
    clicks.pay(started.url, card)
    told = news.facts(MethodFact)
    assert {fact.customer_id for fact in told} == {started.customer_id}
    assert {fact.reference for fact in told} == {None, "client-7"}, "attached; and stored as we asked"
    assert len({fact.method.external_id for fact in told}) == 1
    assert sandbox.store.all("charge") == []
    found = gateway.find("setup-1", started.external_id)
    assert found is not None
    assert (found.status, found.amount, found.method) == ("succeeded", None, told[0].method)


def test_a_page_that_stores_and_was_left_tells_nothing(
    setup: Callable[..., Any], sandbox: StripeSandbox, gateway: StripeGateway, news: Any
) -> None:
    started = setup()
    sandbox.tick(at_once=True)
    assert {str(told) for kind, told in news() if kind.startswith("checkout")} == {"[]"}
    found = gateway.find("setup-1", started.external_id)
    assert found is not None
    assert found.status == "expired"


def test_a_card_renewed_by_the_bank_is_told_with_its_new_date(
    ana: StoredMethod, control: Callable[..., Any], news: Any
) -> None:
    news()
    control(f"method/{ana.external_id}/renew", month=3, year=2039)
    (told,) = news.facts(MethodFact)
    assert told.customer_id == ana.customer_id
    assert (told.method.external_id, told.method.expires) == (ana.external_id, "03/2039")


def test_a_removed_card_is_gone_for_whom_it_belonged_to_in_whatever_order_it_is_heard(
    gateway: StripeGateway, ana: StoredMethod, news: Any
) -> None:
    gateway.delete_method(ana)
    gone = MethodFact(customer_id=ana.customer_id, removed_id=ana.external_id)
    told = {kind: facts for kind, facts in news() if kind.startswith("payment_method")}
    assert told == {"payment_method.attached": [gone], "payment_method.detached": [gone]}


def test_a_removed_card_is_gone_also_when_nobody_says_whose_it_was(
    gateway: StripeGateway, ana: StoredMethod, sandbox: StripeSandbox, news: Any
) -> None:
    gateway.delete_method(ana)
    (event,) = [one for one in sandbox.store.all("event") if one["type"] == "payment_method.detached"]
    del event["data"]["previous_attributes"]
    assert news.of(event) == [MethodFact(customer_id="", removed_id=ana.external_id)]


def test_a_card_that_cannot_be_removed_is_no_success(
    gateway: StripeGateway, ana: StoredMethod, sandbox: StripeSandbox
) -> None:
    body = {"error": {"type": "invalid_request_error", "message": "locked"}}
    sandbox.faults.script(Fault("payment_methods.detach", "error", args={"status": 400, "body": body}))
    with pytest.raises(PermanentFailure, match="locked"):
        gateway.delete_method(ana)


def test_the_card_a_client_prefers_is_told(client: stripe.StripeClient, ana: StoredMethod, news: Any) -> None:
    other = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": ana.customer_id})
    news()
    settings: Any = {"invoice_settings": {"default_payment_method": other.id}}
    client.v1.customers.update(ana.customer_id, settings)
    (told,) = news.facts(MethodFact)
    assert (told.method.label, told.is_default) == ("Mastercard ending in 4444", True)
    news.read = 0
    assert {(fact.method.external_id, fact.is_default) for fact in news.facts(MethodFact)} == {
        (ana.external_id, False),
        (other.id, True),
    }


def test_a_deleted_customer_is_gone_with_every_card(
    client: stripe.StripeClient, ana: StoredMethod, news: Any
) -> None:
    news()
    client.v1.customers.delete(ana.customer_id)
    assert news.facts(MethodFact) == [MethodFact(customer_id=ana.customer_id, customer_gone=True)]


def test_a_consent_that_ended_is_a_method_gone(
    setup: Callable[..., Any], sandbox: StripeSandbox, control: Callable[..., Any], news: Any
) -> None:
    clicks.pay(setup().url, clicks.BANK)
    (method,) = sandbox.store.all("payment_method")
    news()
    control(f"method/{method['id']}/mandate")
    assert news.facts(MethodFact) == [MethodFact(customer_id=method["customer"], removed_id=method["id"])]


def test_a_fee_known_only_later_is_told_later(
    charge: Callable[..., str], sandbox: StripeSandbox, news: Any
) -> None:
    charge()
    (kept,) = sandbox.store.all("charge")
    sandbox.store.put("charge", kept["id"], {**kept, "balance_transaction": None})
    assert [fact.result.fee for fact in news.facts(PaymentFact)] == [None]
    sandbox.account.emit("charge.updated", sandbox.account.save(kept), {"balance_transaction": None})
    (told,) = news.facts(PaymentFact)
    assert (told.reference, told.result.fee.minor) == ("invoice-pay-1", 43)


def test_a_charge_that_wants_the_client_says_which_card_and_moves_nothing(
    sandbox: StripeSandbox, ana: StoredMethod, charge: Callable[..., str], news: Any
) -> None:
    sandbox.methods.switch(ana.customer_id, "authentication_required")
    news()
    charge()
    (told,) = news.facts(PaymentFact)
    assert (told.result.status, told.result.amount) == ("requires_action", None)
    assert told.result.method.external_id == ana.external_id
    assert told.result.customer_id == ana.customer_id
