"""What is forged stays outside, what is not ours is parked, and what happened is re-read from Stripe."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from ez_stripe.account import StripeAccount
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import WEBHOOK_SECRET, StripeSandbox, clicks
from ez_stripe.sandbox.webhooks import signature
from ez_stripe.settings import StripeSettings
from ez_stripe.source import StripeWebhooks

from ezcore.plugin_api import BadSignature, Money, RetryAfter
from ezcore.plugin_api.ports.gateway import CaptureRequest, CheckoutRequest, RefundRequest, StoredMethod
from ezcore.plugin_api.ports.webhook_source import Fact, MethodFact, Parked, PaymentFact, RefundFact
from ezcore.plugin_api.sandbox import Fault, MovingClock
from ezcore.plugin_api.values import ClientFacts
from ezcore.testkit import SignedWebhooks, WebhookSourceContract

CONTRACTS = os.environ.get("EZ_CONTRACTS")
EVENTS = sorted(Path(CONTRACTS, "stripe", "events").glob("*.json")) if CONTRACTS else []
AMOUNT = Money.parse("12.50", "EUR")
CLIENT = ClientFacts(id=7, name="Ana Client", email="ana@example.test")


@pytest.fixture
def source(account: StripeAccount) -> StripeWebhooks:
    return StripeWebhooks(account)


@pytest.fixture
def heard(
    sandbox: StripeSandbox, source: StripeWebhooks, shop: Any, clock: MovingClock
) -> Callable[[], list[Any]]:
    """Everything the sandbox sends from now on, understood: facts, or why it was parked."""
    sandbox.account.webhooks.configure(shop.url, WEBHOOK_SECRET)

    def listen() -> list[Any]:
        until_quiet(sandbox)
        waiting, shop.received = shop.received, []
        return [what for headers, body in waiting for what in understood(source, headers, body, clock.now())]

    return listen


def until_quiet(sandbox: StripeSandbox) -> None:
    """Wait until the sandbox has nothing left to send now."""
    now, deadline = sandbox.clock.now().timestamp(), time.monotonic() + 10
    while time.monotonic() < deadline:
        waiting = [item for item in sandbox.account.webhooks.deliveries() if item["state"] == "waiting"]
        if not [item for item in waiting if item["due"] <= now]:
            return
        time.sleep(0.01)
    raise AssertionError("the sandbox never stopped sending")


def understood(source: StripeWebhooks, headers: dict[str, str], body: bytes, now: datetime) -> list[Any]:
    source.verify(headers, body, now)
    try:
        return list(source.interpret(source.parse(body), body))
    except Parked as parked:
        return [str(parked)]


@pytest.fixture
def start(account: StripeAccount) -> Callable[..., Any]:
    """Open a page for the reference invoice-1."""

    def start(key: str = "pay-1") -> Any:
        request = CheckoutRequest(
            operation_key=key,
            reference="invoice-1",
            amount=AMOUNT,
            description="Invoice 1",
            client=CLIENT,
            return_url="https://shop.test/",
            cancel_url="https://shop.test/",
        )
        return StripeGateway(account).start_checkout(request)

    return start


def event_body(**changes: Any) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1790000000,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
        "livemode": False,
        "type": "payment_intent.succeeded",
    }
    return json.dumps({**event, **changes}).encode()


def sign(body: bytes, at: datetime) -> dict[str, str]:
    return {"stripe-signature": signature(WEBHOOK_SECRET, body, int(at.timestamp()))}


def payments(facts: list[Any]) -> list[Any]:
    """Without what is told of the card that was stored on the way."""
    return [fact for fact in facts if not isinstance(fact, MethodFact)]


def statuses(facts: list[Any]) -> list[str]:
    return [fact.result.status if isinstance(fact, PaymentFact) else str(fact) for fact in payments(facts)]


class TestStripeWebhooks(WebhookSourceContract):
    """What every webhook source promises."""

    @pytest.fixture
    def signed_webhooks(self, source: StripeWebhooks) -> SignedWebhooks:
        return SignedWebhooks(source=source, sign=sign, body=event_body())


def test_the_librarys_own_signature_is_accepted(source: StripeWebhooks, clock: MovingClock) -> None:
    body, at = event_body(), int(clock.now().timestamp())
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET, at)
    source.verify({"stripe-signature": header}, body, clock.now())


@pytest.mark.parametrize("late", [-299, 299])
def test_a_signature_within_five_minutes_either_way_is_accepted(
    source: StripeWebhooks, clock: MovingClock, late: int
) -> None:
    source.verify(sign(event_body(), clock.now()), event_body(), clock.now() + timedelta(seconds=late))


@pytest.mark.parametrize("late", [-301, 301])
def test_a_signature_further_off_either_way_is_refused(
    source: StripeWebhooks, clock: MovingClock, late: int
) -> None:
    with pytest.raises(BadSignature, match="too old, or from the future"):
        source.verify(sign(event_body(), clock.now()), event_body(), clock.now() + timedelta(seconds=late))


def test_while_a_secret_is_replaced_both_are_accepted(clock: MovingClock) -> None:
    settings = StripeSettings(secret_key="sk_test_abcd", webhook_secret="whsec_old whsec_new")
    source = StripeWebhooks(StripeAccount(lambda: settings))
    for secret in ("whsec_old", "whsec_new"):
        header = signature(secret, event_body(), int(clock.now().timestamp()))
        source.verify({"stripe-signature": header}, event_body(), clock.now())
    rolled = signature("whsec_other", event_body(), int(clock.now().timestamp()))
    with pytest.raises(BadSignature):
        source.verify({"stripe-signature": rolled}, event_body(), clock.now())
    good = header.partition(",")[2]
    source.verify({"stripe-signature": f"{rolled},{good}"}, event_body(), clock.now())


def test_without_a_configured_secret_nothing_comes_in(clock: MovingClock) -> None:
    source = StripeWebhooks(StripeAccount(lambda: StripeSettings(secret_key="sk_test_abcd")))
    header = signature("", event_body(), int(clock.now().timestamp()))
    with pytest.raises(BadSignature, match="no webhook secret"):
        source.verify({"stripe-signature": header}, event_body(), clock.now())


@pytest.mark.parametrize("path", EVENTS or [None], ids=lambda path: path.stem if path else "none")
def test_every_recorded_event_of_another_version_is_verified_parsed_and_parked(
    source: StripeWebhooks, clock: MovingClock, path: Path | None
) -> None:
    if path is None:
        pytest.skip("EZ_CONTRACTS is not set: the recorded events are not here")
    body = path.read_bytes()
    source.verify(sign(body, clock.now()), body, clock.now())
    message = source.parse(body)
    assert message.external_id == json.loads(body)["id"]
    assert message.kind == json.loads(body)["type"]
    assert "version mismatch" in (message.park_reason or "")
    with pytest.raises(Parked, match="version mismatch"):
        source.interpret(message, body)


def test_all_recorded_events_are_there() -> None:
    if not CONTRACTS:
        pytest.skip("EZ_CONTRACTS is not set: the recorded events are not here")
    assert len(EVENTS) == 42


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"api_version": "2026-08-26.dahlia"}, "version mismatch"),
        ({"api_version": None}, "version mismatch"),
        ({"livemode": True}, "mode mismatch"),
        ({"livemode": "false"}, "mode mismatch"),
        ({"account": "acct_1"}, "connected account"),
        ({"object": "v2.core.event"}, "not an event"),
    ],
)
def test_what_is_not_meant_for_us_is_parked_with_the_reason(
    source: StripeWebhooks, changes: dict[str, Any], reason: str
) -> None:
    message = source.parse(event_body(**changes))
    assert reason in (message.park_reason or "")
    with pytest.raises(Parked, match=reason):
        source.interpret(message, event_body(**changes))


def test_a_type_that_nobody_knows_is_parked(source: StripeWebhooks) -> None:
    body = event_body(type="sandbox.something_new")
    with pytest.raises(Parked, match="unknown type"):
        source.interpret(source.parse(body), body)


@pytest.mark.parametrize(
    "kind",
    [
        "customer.created",
        "charge.succeeded",
        "setup_intent.setup_failed",
        "invoice.upcoming",
        "balance.available",
    ],
)
def test_what_tells_nothing_new_is_ignored(source: StripeWebhooks, kind: str) -> None:
    body = event_body(type=kind, data={"object": {"object": "thing without an id"}})
    assert source.interpret(source.parse(body), body) == ()


@pytest.mark.parametrize("data", [None, [], {}, {"object": None}, {"object": []}, {"object": {"id": 7}}])
def test_an_event_without_an_object_is_parked_and_breaks_nothing(source: StripeWebhooks, data: Any) -> None:
    body = event_body(data=data)
    with pytest.raises(Parked, match="names no object"):
        source.interpret(source.parse(body), body)


def test_a_paid_page_tells_the_reference_amount_and_card(
    start: Callable[..., Any], heard: Callable[[], list[Any]]
) -> None:
    clicks.pay(start().url, clicks.VISA)
    facts: list[Fact] = payments(heard())
    assert [type(fact) for fact in facts] == [PaymentFact, PaymentFact]
    for fact in facts:
        assert isinstance(fact, PaymentFact)
        assert (fact.reference, fact.result.status, fact.result.amount) == ("invoice-1", "succeeded", AMOUNT)
        assert fact.result.method is not None
    assert facts[0] == facts[1], "the intent and the session tell the same payment"


def test_a_card_declined_on_the_page_is_no_news(
    start: Callable[..., Any], heard: Callable[[], list[Any]]
) -> None:
    page = start().url
    clicks.choose(page, clicks.DECLINED)
    clicks.choose(page, clicks.AUTHENTICATE)
    assert heard() == []


def test_a_late_decline_does_not_undo_a_payment_that_came_after_it(
    sandbox: StripeSandbox, start: Callable[..., Any], heard: Callable[[], list[Any]]
) -> None:
    sandbox.faults.script(
        Fault("webhooks.payment_intent.payment_failed", "delay_webhooks", args={"seconds": 60})
    )
    page = start().url
    clicks.choose(page, clicks.DECLINED)
    clicks.pay(page, clicks.VISA)
    assert set(statuses(heard())) == {"succeeded"}
    sandbox.clock.advance(timedelta(minutes=2))
    assert statuses(heard()) == ["succeeded"]


def test_doubled_and_shuffled_events_tell_the_same_truth(
    sandbox: StripeSandbox, start: Callable[..., Any], heard: Callable[[], list[Any]]
) -> None:
    page = start().url
    sandbox.faults.script(Fault("webhooks.payment_intent.*", "reorder_webhooks", times=2, args={"count": 2}))
    sandbox.faults.script(Fault("webhooks.checkout.*", "duplicate_webhooks", args={"copies": 3}))
    clicks.pay(page, clicks.VISA)
    facts = payments(heard())
    assert len(facts) == 4, "one of the payment, three of the page"
    assert len({fact.model_dump_json() for fact in facts}) == 1


@pytest.mark.parametrize(("card", "end"), [(clicks.BANK, "succeeded"), (clicks.BANK_FAILS, "declined")])
def test_a_bank_debit_is_pending_and_then_what_the_bank_said(
    sandbox: StripeSandbox, start: Callable[..., Any], heard: Callable[[], list[Any]], card: str, end: str
) -> None:
    clicks.pay(start().url, card)
    assert set(statuses(heard())) == {"pending"}
    sandbox.tick(at_once=True)
    assert set(statuses(heard())) == {end}


def test_an_expired_page_is_told(
    sandbox: StripeSandbox, start: Callable[..., Any], heard: Callable[[], list[Any]]
) -> None:
    start()
    sandbox.tick(at_once=True)
    assert statuses(heard()) == ["expired"]


@pytest.mark.parametrize(("behaviour", "status"), [("ok", "succeeded"), ("lost_card", "declined")])
def test_a_charge_off_session_is_told(
    sandbox: StripeSandbox,
    account: StripeAccount,
    client: stripe.StripeClient,
    heard: Callable[[], list[Any]],
    behaviour: str,
    status: str,
) -> None:
    charge(account, client, sandbox, behaviour)
    (fact,) = payments(heard())
    assert (fact.reference, fact.result.status) == ("invoice-2", status)


def test_a_refund_is_told_and_told_again_when_it_fails(
    sandbox: StripeSandbox,
    account: StripeAccount,
    client: stripe.StripeClient,
    heard: Callable[[], list[Any]],
) -> None:
    paid = charge(account, client, sandbox)
    heard()
    sandbox.faults.script(Fault("refunds.create", "late_failure"))
    half = Money.parse("6.25", "EUR")
    request = RefundRequest(operation_key="back-1", external_id=paid, amount=half, reason="half a month")
    refund = StripeGateway(account).refund(request)
    told = RefundFact(
        payment_id=paid, refund_id=refund.external_id, status="succeeded", amount=half, reference="back-1"
    )
    assert heard() == [told, told], "of the refund, and of the charge that was refunded"
    sandbox.tick(at_once=True)
    failed = told.model_copy(update={"status": "failed", "reason": "expired_or_canceled_card"})
    assert heard() == [failed, failed]


def test_a_payment_of_other_software_on_the_same_account_is_parked(
    client: stripe.StripeClient, heard: Callable[[], list[Any]]
) -> None:
    client.v1.payment_intents.create(
        {"amount": 100, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}
    )
    assert ["nothing we asked for" in reason for reason in heard()] == [True]


def test_an_object_that_stripe_no_longer_has_is_parked(source: StripeWebhooks) -> None:
    body = event_body()
    with pytest.raises(Parked, match="has it no more"):
        source.interpret(source.parse(body), body)


def test_a_stripe_that_is_down_is_asked_again_later(source: StripeWebhooks, sandbox: StripeSandbox) -> None:
    body = event_body()
    for kind in ("error", "rate_limit", "lose_answer"):
        sandbox.faults.script(Fault("payment_intents.retrieve", kind))
        with pytest.raises(RetryAfter):
            source.interpret(source.parse(body), body)


def test_a_forged_webhook_of_the_sandbox_stays_outside(
    sandbox: StripeSandbox, start: Callable[..., Any], heard: Callable[[], list[Any]]
) -> None:
    sandbox.faults.script(Fault("webhooks.checkout.*", "bad_signature"))
    clicks.pay(start().url, clicks.VISA)
    with pytest.raises(BadSignature):
        heard()


def charge(
    account: StripeAccount, client: stripe.StripeClient, sandbox: StripeSandbox, behaviour: str = "ok"
) -> str:
    """Charge a stored card of a new customer for the reference invoice-2; the payment's id."""
    customer = client.v1.customers.create({})
    stored = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    sandbox.methods.switch(customer.id, behaviour)
    result = StripeGateway(account).capture(
        CaptureRequest(
            operation_key="pay-2",
            reference="invoice-2",
            amount=AMOUNT,
            description="Invoice 2",
            client=CLIENT,
            method=StoredMethod(external_id=stored.id, customer_id=customer.id, label="Visa"),
        )
    )
    return result.external_id or ""
