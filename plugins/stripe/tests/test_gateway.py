"""The Stripe gateway against the sandbox, over HTTP, with the real library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from ez_stripe.account import StripeAccount
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import SECRET_KEY, WEBHOOK_SECRET, StripeSandbox, clicks, sandbox_settings
from ez_stripe.sandbox.transport import InProcessClient
from ez_stripe.settings import StripeSettings
from ez_stripe.source import StripeWebhooks

from ezcore.plugin_api import Money, OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.gateway import CheckoutRequest, PaymentResult, RefundRequest, StoredMethod
from ezcore.plugin_api.sandbox import Fault, MovingClock, RunningServer
from ezcore.plugin_api.values import ClientFacts
from ezcore.testkit import GatewayCase, GatewayContract, SignedWebhooks

KINDS = {
    "start_checkout": "checkout.session",
    "start_setup": "checkout.session",
    "start_subscription": "checkout.session",
    "capture": "payment_intent",
    "refund": "refund",
}
CALLS = {
    "start_checkout": "checkout.sessions.create",
    "start_setup": "checkout.sessions.create",
    "start_subscription": "checkout.sessions.create",
    "capture": "payment_intents.create",
    "refund": "refunds.create",
}
AMOUNT = Money.parse("12.50", "EUR")


@pytest.fixture
def gateway(account: StripeAccount) -> StripeGateway:
    return StripeGateway(account)


@pytest.fixture
def method(client: stripe.StripeClient) -> StoredMethod:
    customer = client.v1.customers.create({"email": "ana@example.test"})
    stored = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    return StoredMethod(external_id=stored.id, customer_id=customer.id, label="Visa ending in 4242")


@pytest.fixture
def case(
    gateway: StripeGateway, sandbox: StripeSandbox, method: StoredMethod, account: StripeAccount
) -> GatewayCase:
    return GatewayCase(
        gateway=gateway,
        sandbox=sandbox,
        calls=CALLS,
        effects=lambda verb: len(sandbox.store.all(KINDS[verb])),
        method=method,
        pay=clicks.pay,
        running=lambda: [
            one["id"]
            for one in sandbox.store.all("subscription")
            if one["status"] != "canceled" and not one["cancel_at_period_end"]
        ],
        webhooks=SignedWebhooks(StripeWebhooks(account), sign=lambda *_: {}, body=b""),
        secrets=(SECRET_KEY, WEBHOOK_SECRET),
        amount=AMOUNT,
    )


class TestStripe(GatewayContract):
    """What every gateway promises."""

    @pytest.fixture
    def gateway_case(self, case: GatewayCase) -> GatewayCase:
        return case


@pytest.fixture
def checkout(gateway: StripeGateway, case: GatewayCase) -> Callable[..., Any]:
    """Open a page and give its start; `pay` tells with which card."""

    def start(key: str = "pay-1", card: str | None = None, **changes: Any) -> Any:
        started = gateway.start_checkout(case.checkout(key).model_copy(update=changes))
        if card:
            clicks.pay(started.url or "", card)
        return started

    return start


def found(gateway: StripeGateway, key: str, checkout_id: str | None = None) -> PaymentResult:
    result = gateway.find(key, checkout_id)
    assert result is not None
    return result


def test_a_paid_page_tells_amount_fee_and_a_card_that_can_be_charged_again(
    gateway: StripeGateway, checkout: Callable[..., Any], case: GatewayCase
) -> None:
    started = checkout(card=clicks.VISA)
    result = found(gateway, "pay-1", started.external_id)
    assert (result.status, result.amount, result.fee) == ("succeeded", AMOUNT, Money.parse("0.43", "EUR"))
    assert result.method is not None
    assert (result.method.label, result.method.expires) == ("Visa ending in 4242", "12/2034")
    assert result.method.customer_id == started.customer_id == result.customer_id
    again = gateway.capture(case.capture("pay-2").model_copy(update={"method": result.method}))
    assert again.status == "succeeded"


def test_a_page_may_leave_the_card_unstored(gateway: StripeGateway, checkout: Callable[..., Any]) -> None:
    started = checkout(card=clicks.VISA, save_method=False)
    assert found(gateway, "pay-1", started.external_id).method is None


def test_the_reference_and_our_key_travel_with_the_payment(
    checkout: Callable[..., Any], sandbox: StripeSandbox
) -> None:
    checkout(card=clicks.VISA)
    (intent,) = sandbox.store.all("payment_intent")
    assert intent["metadata"] == {
        "ez_operation_key": "pay-1",
        "ez_reference": "invoice-pay-1",
        "ez_flow": "checkout",
    }


def test_a_known_client_is_the_same_customer_and_a_deleted_one_is_made_anew(
    checkout: Callable[..., Any], client: stripe.StripeClient
) -> None:
    first = checkout("pay-1")
    known = ClientFacts(id=7, name="Ana Client", email="ana@example.test", customer_id=first.customer_id)
    assert checkout("pay-2", client=known).customer_id == first.customer_id
    client.v1.customers.delete(first.customer_id)
    assert checkout("pay-3", client=known).customer_id not in (None, first.customer_id)


def test_an_open_page_is_pending_also_after_a_declined_card(
    gateway: StripeGateway, checkout: Callable[..., Any]
) -> None:
    started = checkout()
    assert found(gateway, "pay-1", started.external_id).status == "pending"
    clicks.choose(started.url or "", clicks.DECLINED)
    result = found(gateway, "pay-1", started.external_id)
    assert (result.status, result.reason) == ("pending", "Your card was declined. (generic_decline)")


def test_an_expired_page_is_expired(
    gateway: StripeGateway, checkout: Callable[..., Any], sandbox: StripeSandbox, clock: MovingClock
) -> None:
    started = checkout()
    assert started.expires_at == clock.now() + timedelta(days=1)
    clock.advance(timedelta(hours=25))
    sandbox.tick()
    assert found(gateway, "pay-1", started.external_id).status == "expired"


@pytest.mark.parametrize(("card", "status"), [(clicks.BANK, "succeeded"), (clicks.BANK_FAILS, "declined")])
def test_a_bank_debit_is_pending_until_the_bank_answers(
    gateway: StripeGateway, checkout: Callable[..., Any], sandbox: StripeSandbox, card: str, status: str
) -> None:
    started = checkout(card=card)
    assert found(gateway, "pay-1", started.external_id).status == "pending"
    sandbox.tick(at_once=True)
    assert found(gateway, "pay-1", started.external_id).status == status


def test_a_page_whose_answer_was_lost_is_found_and_is_the_only_one(
    gateway: StripeGateway, case: GatewayCase, sandbox: StripeSandbox
) -> None:
    case.misbehave("start_checkout", "lose_answer")
    with pytest.raises(OutcomeUnknown):
        gateway.start_checkout(case.checkout("pay-1"))
    assert found(gateway, "pay-1").status == "pending"
    assert gateway.start_checkout(case.checkout("pay-1")).url
    assert len(sandbox.store.all("checkout.session")) == 1
    assert len(sandbox.store.all("customer")) == 2, "the stored method's owner, and one for this checkout"


def test_another_keys_page_is_not_taken_for_ours(
    gateway: StripeGateway, checkout: Callable[..., Any]
) -> None:
    assert gateway.find("pay-2", checkout("pay-1").external_id) is None
    assert gateway.find("pay-2", "cs_test_nobody") is None


@pytest.mark.parametrize(
    ("behaviour", "status", "reason"),
    [
        ("insufficient_funds", "declined", "Your card has insufficient funds. (insufficient_funds)"),
        ("expired_card", "declined", "Your card has expired. (expired_card)"),
        (
            "authentication_required",
            "requires_action",
            "Your card was declined. This transaction requires authentication. (authentication_required)",
        ),
    ],
)
def test_a_decline_is_a_result_with_the_banks_words(
    case: GatewayCase, sandbox: StripeSandbox, method: StoredMethod, behaviour: str, status: str, reason: str
) -> None:
    sandbox.methods.switch(method.customer_id, behaviour)
    result = case.gateway.capture(case.capture("pay-1"))
    assert (result.status, result.reason) == (status, reason)
    assert case.gateway.find("pay-1") == result
    assert case.gateway.capture(case.capture("pay-1")) == result
    assert len(sandbox.store.all("charge")) == 1


def test_a_card_that_was_removed_at_stripe_is_a_decline(
    case: GatewayCase, client: stripe.StripeClient, method: StoredMethod
) -> None:
    client.v1.payment_methods.detach(method.external_id)
    result = case.gateway.capture(case.capture("pay-1"))
    assert result.status == "declined"
    assert "stored card is gone" in (result.reason or "")


@pytest.mark.parametrize("customer", ["deleted", "never there"])
def test_a_card_whose_owner_is_gone_at_stripe_is_a_decline(
    case: GatewayCase, client: stripe.StripeClient, method: StoredMethod, customer: str
) -> None:
    if customer == "deleted":
        client.v1.customers.delete(method.customer_id)
    else:
        method = method.model_copy(update={"customer_id": "cus_nobody"})
    request = case.capture("pay-1").model_copy(update={"method": method})
    assert case.gateway.capture(request).status == "declined"


def test_a_charge_repeated_days_later_moves_money_once(
    case: GatewayCase, sandbox: StripeSandbox, clock: MovingClock
) -> None:
    first = case.gateway.capture(case.capture("pay-1"))
    clock.advance(timedelta(days=6))
    assert case.gateway.capture(case.capture("pay-1")) == first
    assert len(sandbox.store.all("charge")) == 1


def test_a_charge_is_found_though_the_search_lags_behind(case: GatewayCase, sandbox: StripeSandbox) -> None:
    case.gateway.capture(case.capture("pay-1"))
    assert found(case.gateway, "pay-1").status == "succeeded"  # type: ignore[arg-type]
    assert sandbox.calls.all("payment_intents.search") == []


def test_an_old_charge_is_found_by_searching(
    case: GatewayCase, sandbox: StripeSandbox, client: stripe.StripeClient
) -> None:
    first = case.gateway.capture(case.capture("pay-1"))
    for _ in range(101):
        client.v1.payment_intents.create({"amount": 100, "currency": "eur"})
    assert case.gateway.find("pay-1") == first
    assert len(sandbox.calls.all("payment_intents.search")) == 1


def test_every_post_carries_a_key_made_from_the_operation_key(
    case: GatewayCase, sandbox: StripeSandbox
) -> None:
    sandbox.calls.clear()
    case.gateway.start_checkout(case.checkout("pay-1"))
    paid = case.gateway.capture(case.capture("pay-2"))
    case.gateway.refund(case.refund("back-1", paid.external_id or ""))
    posts = [call for call in sandbox.calls.all() if call["method"] == "POST"]
    assert [call["headers"]["idempotency-key"] for call in posts] == [
        "pay-1.customer",
        "pay-1.checkout",
        "pay-2.capture",
        "back-1.refund",
    ]
    assert {call["headers"]["stripe-version"] for call in posts} == {"2026-10-28.endive"}


def test_a_refund_may_be_pending_and_may_fail_later(case: GatewayCase, sandbox: StripeSandbox) -> None:
    paid = case.gateway.capture(case.capture("pay-1")).external_id or ""
    sandbox.faults.script(
        Fault("refunds.create", "late_failure", args={"status": "pending", "final": "failed"})
    )
    request = case.refund("back-1", paid)
    assert case.gateway.refund(request).status == "pending"
    sandbox.tick(at_once=True)
    assert case.gateway.refund(request).status == "failed"


def test_a_refund_beyond_the_payment_is_refused_for_good(case: GatewayCase) -> None:
    paid = case.gateway.capture(case.capture("pay-1")).external_id or ""
    much = RefundRequest(operation_key="b", external_id=paid, amount=AMOUNT + AMOUNT, reason="too much")
    with pytest.raises(PermanentFailure, match="greater than"):
        case.gateway.refund(much)


@pytest.mark.parametrize("verb", ["checkout", "find"])
def test_a_broken_stripe_is_waited_for_when_nothing_can_have_happened(
    gateway: StripeGateway, case: GatewayCase, sandbox: StripeSandbox, verb: str
) -> None:
    if verb == "checkout":
        sandbox.faults.script(Fault("customers.create", "rate_limit", args={"retry_after": 9}))
        with pytest.raises(RetryAfter) as asked:
            gateway.start_checkout(case.checkout("pay-1"))
        assert asked.value.seconds == 9
        return
    sandbox.faults.script(Fault("checkout.sessions.list", "error", args={"status": 503, "body": "busy"}))
    with pytest.raises(RetryAfter):
        gateway.find("pay-1")


def test_a_request_still_running_at_stripe_is_waited_for(case: GatewayCase, sandbox: StripeSandbox) -> None:
    body = {"error": {"type": "invalid_request_error", "code": "idempotency_key_in_use", "message": "in use"}}
    sandbox.faults.script(Fault("payment_intents.create", "error", args={"status": 409, "body": body}))
    with pytest.raises(RetryAfter):
        case.gateway.capture(case.capture("pay-1"))


def test_a_stripe_that_cannot_be_reached_cannot_have_charged(case: GatewayCase) -> None:
    settings = StripeSettings(secret_key=SECRET_KEY, api_base="http://127.0.0.1:9")
    with pytest.raises(RetryAfter):
        StripeGateway(StripeAccount(lambda: settings)).start_checkout(case.checkout("pay-1"))


def test_a_silent_stripe_is_given_up_in_time(
    running: RunningServer, case: GatewayCase, sandbox: StripeSandbox
) -> None:
    told = {**sandbox_settings(running.address, None), "timeout": 0.2}
    sandbox.faults.script(Fault("payment_intents.create", "delay", args={"seconds": 1}))
    impatient = StripeGateway(StripeAccount(lambda: StripeSettings(**told)))
    with pytest.raises(OutcomeUnknown):
        impatient.capture(case.capture("pay-1"))


def test_a_proxy_for_the_world_outside_is_not_used_for_a_sandbox_on_this_machine(
    running: RunningServer, case: GatewayCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert case.gateway.start_checkout(case.checkout("pay-1")).url


def test_new_settings_are_used_at_once(running: RunningServer, case: GatewayCase) -> None:
    told: list[StripeSettings] = [StripeSettings(secret_key=SECRET_KEY, api_base="http://127.0.0.1:9")]
    gateway = StripeGateway(StripeAccount(lambda: told[-1]))
    with pytest.raises(RetryAfter):
        gateway.start_checkout(case.checkout("pay-1"))
    told.append(StripeSettings(**sandbox_settings(running.address, None)))
    assert gateway.start_checkout(case.checkout("pay-1")).url


def test_the_simulation_may_talk_in_process(sandbox: StripeSandbox) -> None:
    settings = StripeSettings(**sandbox_settings("http://127.0.0.1:1", None))
    account = StripeAccount(lambda: settings)
    account.transport = lambda: InProcessClient(sandbox)
    client = ClientFacts(id=1, name="Ana", email="ana@example.test")
    request = CheckoutRequest(
        operation_key="k",
        reference="r",
        amount=AMOUNT,
        description="d",
        client=client,
        return_url="u",
        cancel_url="u",
    )
    assert StripeGateway(account).start_checkout(request).external_id
    sandbox.faults.script(Fault("customers.create", "lose_answer"))
    with pytest.raises(OutcomeUnknown):
        StripeGateway(account).start_checkout(request.model_copy(update={"operation_key": "k2"}))
