"""The imitated Stripe is what the real library expects: cards, declines, refunds, idempotency, lists."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from ez_stripe.sandbox import StripeSandbox, clicks, make

from ezcore.plugin_api.sandbox import Fault, MovingClock, RunningServer, SandboxOptions, serve


def stored(client: stripe.StripeClient, token: str = "pm_card_visa") -> tuple[str, str]:
    """A customer with a stored card."""
    customer = client.v1.customers.create({"email": "client@example.test"})
    method = client.v1.payment_methods.attach(token, {"customer": customer.id})
    return customer.id, method.id


def charge(client: stripe.StripeClient, customer: str, method: str, key: str, amount: int = 1500) -> Any:
    params: Any = {"amount": amount, "currency": "eur", "customer": customer, "payment_method": method}
    return client.v1.payment_intents.create(
        {**params, "off_session": True, "confirm": True, "metadata": {"ez": key}}, {"idempotency_key": key}
    )


def kinds(client: stripe.StripeClient) -> list[str]:
    return [event.type for event in client.v1.events.list({"limit": 100}).data][::-1]


def test_a_stored_card_is_charged_off_session(client: stripe.StripeClient) -> None:
    intent = charge(client, *stored(client), "pay-1")
    assert (intent.status, intent.amount_received) == ("succeeded", 1500)
    assert kinds(client)[-3:] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_a_decline_is_a_402_that_carries_the_intent(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        charge(client, *stored(client, "pm_card_chargeCustomerFail"), "pay-1")
    error = refusal.value.error
    assert error is not None
    assert (refusal.value.code, error.decline_code) == ("card_declined", "generic_decline")
    assert error.payment_intent is not None
    assert error.payment_intent.status == "requires_payment_method"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("insufficient_funds", "card_declined"),
        ("expired_card", "expired_card"),
        ("authentication_required", "authentication_required"),
    ],
)
def test_a_stored_card_may_go_bad_later(
    client: stripe.StripeClient, running: RunningServer, behaviour: str, code: str
) -> None:
    customer, method = stored(client)
    charge(client, customer, method, "pay-1")
    control(running, "card", customer=customer, behaviour=behaviour)
    with pytest.raises(stripe.CardError) as refusal:
        charge(client, customer, method, "pay-2")
    assert refusal.value.code == code
    control(running, "card", customer=customer, behaviour="ok")
    assert charge(client, customer, method, "pay-3").status == "succeeded"


def test_the_same_key_gets_the_same_answer_and_one_payment(client: stripe.StripeClient) -> None:
    customer, method = stored(client)
    first, second = (charge(client, customer, method, "pay-1") for _ in range(2))
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.payment_intents.list().data) == 1


def test_the_same_key_for_another_amount_is_refused(client: stripe.StripeClient) -> None:
    customer, method = stored(client)
    charge(client, customer, method, "pay-1")
    with pytest.raises(stripe.IdempotencyError) as refusal:
        charge(client, customer, method, "pay-1", amount=1600)
    assert refusal.value.http_status == 400


def test_a_declined_key_is_declined_again_without_a_second_try(client: stripe.StripeClient) -> None:
    customer, method = stored(client, "pm_card_chargeDeclined")
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            charge(client, customer, method, "pay-1")
    assert len(client.v1.charges.list().data) == 1


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient, clock: MovingClock) -> None:
    customer, method = stored(client)
    first = charge(client, customer, method, "pay-1")
    clock.advance(timedelta(hours=25))
    assert charge(client, customer, method, "pay-1").id != first.id


def test_a_lost_answer_leaves_one_payment_that_the_same_key_finds(
    client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    customer, method = stored(client)
    sandbox.faults.script(Fault("payment_intents.create", "lose_answer"))
    with pytest.raises(stripe.APIConnectionError):
        charge(client, customer, method, "pay-1")
    assert charge(client, customer, method, "pay-1").status == "succeeded"
    assert len(client.v1.payment_intents.list().data) == 1


def test_the_call_log_shows_which_post_had_a_key(client: stripe.StripeClient, sandbox: StripeSandbox) -> None:
    requests.post(f"{sandbox_address(client)}/v1/customers", auth=("sk_test_sandbox", ""), timeout=5)
    client.v1.customers.create({"email": "a@example.test"}, {"idempotency_key": "ours"})
    keys = [call["headers"].get("idempotency-key") for call in sandbox.calls.all("customers.create")]
    assert keys == [None, "ours"]


def test_a_bad_key_and_too_many_calls_are_told_apart(
    running: RunningServer, sandbox: StripeSandbox, make_client: Any
) -> None:
    with pytest.raises(stripe.AuthenticationError):
        make_client(running, "nonsense").v1.customers.list()
    sandbox.faults.script(Fault("customers.*", "rate_limit"))
    with pytest.raises(stripe.RateLimitError):
        make_client(running).v1.customers.list()


def test_unknown_and_missing_parameters_are_named(client: stripe.StripeClient) -> None:
    params: Any = {"amount": 100, "currency": "eur", "colour": "blue"}
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter: colour"):
        client.v1.payment_intents.create(params)
    params = {"currency": "eur"}
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param: amount"):
        client.v1.payment_intents.create(params)


def test_another_customers_card_cannot_be_charged(client: stripe.StripeClient) -> None:
    _, method = stored(client)
    other, _ = stored(client)
    with pytest.raises(stripe.InvalidRequestError, match="does not have a payment method"):
        charge(client, other, method, "pay-1")


def test_a_detached_card_is_gone(client: stripe.StripeClient) -> None:
    customer, method = stored(client)
    client.v1.payment_methods.detach(method)
    assert client.v1.customers.payment_methods.list(customer).data == []
    with pytest.raises(stripe.InvalidRequestError):
        charge(client, customer, method, "pay-1")


def test_refunds_never_exceed_the_charge(client: stripe.StripeClient) -> None:
    intent = charge(client, *stored(client), "pay-1", amount=1000)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 700})
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_already_refunded"
    assert client.v1.charges.retrieve(intent.latest_charge).refunded is True


def test_a_refund_may_fail_days_later(
    client: stripe.StripeClient, sandbox: StripeSandbox, clock: MovingClock
) -> None:
    intent = charge(client, *stored(client), "pay-1", amount=1000)
    sandbox.faults.script(Fault("refunds.create", "late_failure", args={"seconds": 3 * 86400}))
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    clock.advance(timedelta(days=4))
    sandbox.tick()
    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    assert client.v1.charges.retrieve(intent.latest_charge).amount_refunded == 0
    assert "refund.failed" in kinds(client)


def test_lists_are_pages_newest_first(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"name": str(number)}).id for number in range(7)]
    page = client.v1.customers.list({"limit": 3})
    assert ([item.id for item in page.data], page.has_more) == (made[:3:-1], True)
    assert [item.id for item in page.auto_paging_iter()] == made[::-1]


def test_search_lags_behind_when_told(client: stripe.StripeClient, sandbox: StripeSandbox) -> None:
    charge(client, *stored(client), "pay-1")
    query: Any = {"query": "metadata['ez']:'pay-1'"}
    sandbox.faults.script(Fault("payment_intents.list", "stale_read"))
    assert client.v1.payment_intents.search(query).data == []
    assert len(client.v1.payment_intents.search(query).data) == 1


def test_a_restart_keeps_customers_keys_and_numbers(tmp_path: Path, make_client: Any) -> None:
    with serve(make(tmp_path, SandboxOptions())) as running:
        client = make_client(running)
        customer, method = stored(client)
        first = charge(client, customer, method, "pay-1")
    with serve(make(tmp_path, SandboxOptions())) as running:
        client = make_client(running)
        assert charge(client, customer, method, "pay-1").id == first.id
        assert client.v1.customers.create({}).id != customer


def test_objects_carry_every_field_the_contract_requires(
    client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    intent = charge(client, *stored(client), "pay-1")
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 5})
    client.v1.setup_intents.create({})
    sandbox.payments.dispute(sandbox.store.all("charge")[0])
    sandbox.methods.consent_ended(sandbox.store.all("payment_method")[0])
    charge(client, *stored(client), "pay-2", amount=9000)
    sandbox.payouts.send("eur")
    subscribed(client, sandbox)
    line: Any = {
        "price_data": {"currency": "eur", "unit_amount": 5, "product_data": {"name": "x"}},
        "quantity": 1,
    }
    client.v1.checkout.sessions.create(
        {"mode": "payment", "success_url": "http://x.test/", "line_items": [line]}
    )
    for kind, fields in required_fields().items():
        documents = sandbox.store.all(kind) or inside(sandbox, kind)
        assert documents, f"the test made no {kind}"
        for document in documents:
            bad = {name: document.get(name) for name in fields if document.get(name) is None}
            assert not bad, f"{kind} lacks {sorted(bad)}"


def inside(sandbox: StripeSandbox, kind: str) -> list[Any]:
    """Objects that live inside others only."""
    holder, field = {
        "invoice_line_item": ("invoice", "lines"),
        "subscription_item": ("subscription", "items"),
    }[kind]
    return [item for document in sandbox.store.all(holder) for item in document[field]["data"]]


def subscribed(client: stripe.StripeClient, sandbox: StripeSandbox) -> Any:
    """A subscription that began on a page and was renewed once; its page in the portal."""
    customer = client.v1.customers.create({}).id
    price: Any = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "VPS"}}
    monthly = {"price_data": {**price, "recurring": {"interval": "month"}}, "quantity": 1}
    params: Any = {"mode": "subscription", "customer": customer, "success_url": "http://x.test/"}
    page = client.v1.checkout.sessions.create(
        {**params, "line_items": [monthly, {"price_data": price, "quantity": 1}]}
    )
    clicks.pay(page.url or "")
    sandbox.tick(at_once=True)
    return client.v1.billing_portal.sessions.create({"customer": customer})


def test_a_tick_renews_and_bills_what_is_due_next(
    client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    subscribed(client, sandbox)
    (subscription,) = client.v1.subscriptions.list().data
    reasons = [(one.billing_reason, one.status, one.total) for one in client.v1.invoices.list().data]
    assert reasons == [("subscription_cycle", "paid", 500), ("subscription_create", "paid", 1000)]
    ends = [item.current_period_end for item in subscription["items"].data]
    assert ends == [int(datetime(2027, 1, 22, 12, tzinfo=UTC).timestamp())]
    assert kinds(client)[-6:-1] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]


def test_what_left_stripes_objects_is_not_brought_back(
    client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    subscribed(client, sandbox)
    gone = {
        "subscription": {"current_period_start", "current_period_end"},
        "invoice": {"subscription", "payment_intent", "charge", "paid", "tax"},
        "charge": {"invoice", "refunds"},
    }
    for kind, names in gone.items():
        for document in sandbox.store.all(kind):
            assert not names & set(document)


def test_a_mode_takes_the_data_and_the_prices_that_belong_to_it(client: stripe.StripeClient) -> None:
    price: Any = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "VPS"}}
    once, monthly = (
        {"price_data": p, "quantity": 1} for p in (price, {**price, "recurring": {"interval": "month"}})
    )
    bad: list[Any] = [
        {"mode": "payment", "line_items": [monthly]},
        {"mode": "subscription", "line_items": [once]},
        {"mode": "subscription", "line_items": [monthly], "payment_intent_data": {"description": "x"}},
        {"mode": "payment", "line_items": [once], "subscription_data": {"metadata": {"a": "b"}}},
        {"mode": "barter", "line_items": [once]},
    ]
    for params in bad:
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.create({**params, "success_url": "http://x.test/"})


def test_a_subscription_that_ended_cannot_be_found_to_be_ended_again(
    client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    subscribed(client, sandbox)
    (subscription,) = client.v1.subscriptions.list().data
    client.v1.subscriptions.cancel(subscription.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.subscriptions.cancel(subscription.id)
    assert refusal.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    sandbox.tick(at_once=True)
    assert len(client.v1.invoices.list().data) == 2, "nothing is billed after the end"


def test_a_deleted_customer_is_billed_no_more(client: stripe.StripeClient, sandbox: StripeSandbox) -> None:
    customer = subscribed(client, sandbox).customer
    client.v1.customers.delete(customer)
    assert [one.status for one in client.v1.subscriptions.list({"status": "canceled"}).data] == ["canceled"]


def test_a_payout_takes_what_is_there(client: stripe.StripeClient) -> None:
    charge(client, *stored(client), "pay-1", amount=1000)
    with pytest.raises(stripe.InvalidRequestError, match="insufficient funds"):
        client.v1.payouts.create({"amount": 961, "currency": "eur"})
    assert client.v1.payouts.create({"amount": 960, "currency": "eur"}).status == "in_transit"


def required_fields() -> dict[str, list[str]]:
    """Fields that are never null: from the contracts where they are, else from our copy of the names."""
    ours: dict[str, list[str]] = json.loads((Path(__file__).parent / "required_fields.json").read_text())
    folder = os.environ.get("EZ_CONTRACTS")
    if not folder:
        return ours
    schemas = {kind: json.loads((Path(folder) / f"stripe/schemas/{kind}.json").read_text()) for kind in ours}
    return {
        kind: [name for name, told in schema["fields"].items() if not told["type"].startswith("Optional")]
        for kind, schema in schemas.items()
    }


def control(running: RunningServer, path: str, **told: Any) -> Any:
    answer = requests.post(f"{running.address}/_control/{path}", json=told, timeout=5)
    assert answer.ok, answer.text
    return answer.json()


def sandbox_address(client: stripe.StripeClient) -> str:
    address: str = client._requestor.base_addresses["api"] or ""
    return address
