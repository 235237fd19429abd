"""Stripe bills: from the page to the renewals, retries and the end, as the sandbox plays it and as we hear it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import stripe
from ez_stripe.gateway import StripeGateway
from ez_stripe.opening_params import recurring
from ez_stripe.sandbox import StripeSandbox, clicks

from ezcore.plugin_api import Money, OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.ports.gateway import SubscriptionItem, SubscriptionRequest
from ezcore.plugin_api.ports.webhook_source import (
    DisputeFact,
    GatewayBillFact,
    NoticeFact,
    PaymentFact,
    RefundFact,
    SubscriptionFact,
)
from ezcore.plugin_api.sandbox import Fault, MovingClock
from ezcore.plugin_api.values import ClientFacts

TEN, FOUR = Money.parse("10.00", "EUR"), Money.parse("4.00", "EUR")
CLIENT = ClientFacts(id=7, name="Ana Client", email="ana@example.test")
ITEMS = (
    SubscriptionItem(description="VPS S", amount=TEN, cycle="1 month"),
    SubscriptionItem(description="Address", amount=FOUR, cycle="1 month", quantity=2),
)
ONCE = (("Set-up", Money.parse("5.00", "EUR")),)


@pytest.fixture
def start(gateway: StripeGateway) -> Callable[..., Any]:
    """Open a page that begins a subscription for the reference service-1; `card` pays."""

    def start(card: str | None = None, key: str = "sub-1", **changes: Any) -> Any:
        request = SubscriptionRequest(
            operation_key=key,
            reference="service-1",
            items=ITEMS,
            once=ONCE,
            client=CLIENT,
            return_url="https://shop.test/",
            cancel_url="https://shop.test/",
        )
        started = gateway.start_subscription(request.model_copy(update=changes))
        if card:
            clicks.pay(started.url, card)
        return started

    return start


@pytest.fixture
def later(sandbox: StripeSandbox, clock: MovingClock) -> Callable[[str], None]:
    """It is this moment (UTC), and what was due happened."""

    def later(moment: str) -> None:
        clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
        sandbox.tick()

    return later


def lines(bill: GatewayBillFact) -> list[tuple[str, int]]:
    return [(line.description, line.amount.minor) for line in bill.lines]


def test_a_subscription_begins_with_its_first_bill(
    start: Callable[..., Any], gateway: StripeGateway, news: Any
) -> None:
    started = start(clicks.VISA)
    told = news()
    (subscription,) = {fact for _, facts in told for fact in facts if isinstance(fact, SubscriptionFact)}
    assert (subscription.reference, subscription.status) == ("service-1", "active")
    assert subscription.customer_id == started.customer_id
    assert (subscription.period_start, subscription.period_end) == (date(2026, 11, 22), date(2026, 12, 22))
    (bill,) = {
        fact.model_dump_json() for _, facts in told for fact in facts if isinstance(fact, GatewayBillFact)
    }
    bill = GatewayBillFact.model_validate_json(bill)
    assert (bill.reference, bill.subscription_id) == ("service-1", subscription.subscription_id)
    assert lines(bill) == [("1 x VPS S", 1000), ("2 x Address", 800), ("Set-up", 500)]
    assert (bill.status, bill.total, bill.tax) == ("paid", Money.parse("23.00", "EUR"), Money(0, "EUR"))
    assert bill.fee == Money.parse("0.59", "EUR"), "1.5 % of 23.00 is 0.345, and 0.25"
    assert [(line.period_start, line.period_end) for line in bill.lines] == [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2026, 11, 22), date(2026, 12, 22)),
        (None, None),
    ]
    found = gateway.find("sub-1", started.external_id)
    assert found is not None
    assert (found.status, found.amount, found.external_id) == ("succeeded", bill.total, bill.payment_id)
    assert not [fact for _, facts in told for fact in facts if isinstance(fact, PaymentFact)]
    assert {str(reason) for _, reason in told if isinstance(reason, str)} == set()


def test_every_month_is_billed_on_the_same_day_until_it_is_stopped(
    start: Callable[..., Any],
    gateway: StripeGateway,
    later: Callable[[str], None],
    news: Any,
    clock: MovingClock,
) -> None:
    clock.move_to(datetime(2027, 1, 31, 9, tzinfo=UTC))
    start(clicks.VISA)
    news()
    later("2027-05-01T12:00")
    told = news.facts(GatewayBillFact)
    periods = [(bill.lines[0].period_start, bill.lines[0].period_end) for bill in told]
    assert periods == [
        (date(2027, 2, 28), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 4, 30)),
        (date(2027, 4, 30), date(2027, 5, 31)),
    ]
    assert {(bill.status, bill.total.minor, bill.reference) for bill in told} == {("paid", 1800, "service-1")}
    assert len({bill.payment_id for bill in told}) == 3
    gateway.cancel_subscription(told[0].subscription_id, at_period_end=True, operation_key="stop-1")
    (fact,) = news.facts(SubscriptionFact)
    assert (fact.status, fact.cancel_at, fact.period_end) == ("active", date(2027, 5, 31), date(2027, 5, 31))
    later("2027-08-01T12:00")
    (fact,) = news.facts(SubscriptionFact)
    assert (fact.status, fact.cancel_at) == ("ended", date(2027, 5, 31))
    news.read = 0
    assert len(news.facts(GatewayBillFact)) == 4, "the first and three more"


def test_days_are_those_of_the_shop(start: Callable[..., Any], news: Any, clock: MovingClock) -> None:
    clock.move_to(datetime(2027, 3, 4, 22, 30, tzinfo=UTC))
    start(clicks.VISA)
    (fact,) = news.facts(SubscriptionFact)
    # Half past midnight in Tallinn; on 4 April it is summer there, half past one.
    assert (fact.period_start, fact.period_end) == (date(2027, 3, 5), date(2027, 4, 5))


def test_stopped_now_is_over_now(start: Callable[..., Any], gateway: StripeGateway, news: Any) -> None:
    start(clicks.VISA)
    (fact,) = news.facts(SubscriptionFact)
    gateway.cancel_subscription(fact.subscription_id, at_period_end=False, operation_key="stop-1")
    (fact,) = news.facts(SubscriptionFact)
    assert (fact.status, fact.cancel_at) == ("ended", date(2026, 11, 22))
    gateway.cancel_subscription(fact.subscription_id, at_period_end=True, operation_key="stop-2")


def test_an_answer_lost_while_stopping_is_no_second_end(
    start: Callable[..., Any], gateway: StripeGateway, sandbox: StripeSandbox, news: Any
) -> None:
    start(clicks.VISA)
    subscription = news.facts(SubscriptionFact)[0].subscription_id
    sandbox.faults.script(Fault("subscriptions.cancel", "lose_answer"))
    with pytest.raises(OutcomeUnknown):
        gateway.cancel_subscription(subscription, at_period_end=False, operation_key="stop-1")
    gateway.cancel_subscription(subscription, at_period_end=False, operation_key="stop-1")
    assert len([kind for kind, _ in news() if kind == "customer.subscription.deleted"]) == 1


def test_a_subscription_nobody_ever_made_cannot_be_stopped(gateway: StripeGateway) -> None:
    with pytest.raises(PermanentFailure, match="does not know"):
        gateway.cancel_subscription("sub_nobody", at_period_end=False, operation_key="stop-1")


def test_a_card_that_fails_is_tried_again_and_then_it_ends(
    start: Callable[..., Any], sandbox: StripeSandbox, later: Callable[[str], None], news: Any
) -> None:
    started = start(clicks.VISA)
    sandbox.methods.switch(started.customer_id, "insufficient_funds")
    news()
    later("2026-12-22T14:00")
    (bill,) = news.facts(GatewayBillFact)
    assert (bill.status, bill.payment_id, bill.fee) == ("open", None, None)
    assert bill.failure == "Your card has insufficient funds. (insufficient_funds)"
    news.read = 0
    assert [fact.status for fact in news.facts(SubscriptionFact)] == ["past_due"]
    sandbox.methods.switch(started.customer_id, "ok")
    later("2026-12-26T14:00")
    assert [bill.status for bill in news.facts(GatewayBillFact)] == ["paid"]
    sandbox.methods.switch(started.customer_id, "lost_card")
    for day in (22, 25, 30):
        later(f"2027-01-{day}T14:00")
    later("2027-02-06T14:00")
    told = news()
    tries = [kind for kind, _ in told if kind == "invoice.payment_failed"]
    assert len(tries) == 4, "on the day, and after 3, 5 and 7 days"
    assert told[-1][0] == "customer.subscription.deleted"
    assert told[-1][1][0].status == "ended"


def test_a_bank_that_wants_to_hear_the_client_says_so_on_the_bill(
    start: Callable[..., Any], sandbox: StripeSandbox, later: Callable[[str], None], news: Any
) -> None:
    started = start(clicks.VISA)
    sandbox.methods.switch(started.customer_id, "authentication_required")
    later("2026-12-22T14:00")
    kinds = dict(news())
    (bill,) = kinds["invoice.payment_action_required"]
    assert bill.status == "open"
    assert "requires authentication" in bill.failure


@pytest.mark.parametrize(("card", "end"), [(clicks.BANK, "paid"), (clicks.BANK_FAILS, "open")])
def test_a_bank_debit_pays_the_first_bill_days_later_or_not(
    start: Callable[..., Any], sandbox: StripeSandbox, clock: MovingClock, news: Any, card: str, end: str
) -> None:
    started = start(card)
    (bill,) = news.facts(GatewayBillFact)
    assert (bill.status, bill.failure) == ("open", "the bank has not answered yet")
    clock.advance(timedelta(seconds=10))
    sandbox.tick()
    (bill,) = news.facts(GatewayBillFact)
    assert bill.status == end
    assert (sandbox.store.get("checkout.session", started.external_id) or {})["payment_status"] == (
        "paid" if end == "paid" else "unpaid"
    )


def test_a_declined_first_card_leaves_the_page_open_and_one_subscription_in_the_end(
    start: Callable[..., Any], sandbox: StripeSandbox, news: Any
) -> None:
    started = start()
    assert clicks.choose(started.url, clicks.DECLINED).status == 402
    assert sandbox.store.all("subscription") == []
    assert clicks.pay(started.url, clicks.AUTHENTICATE).status == 303
    assert len(sandbox.store.all("subscription")) == 1
    assert len(news.facts(GatewayBillFact)) == 1


def test_a_page_that_ran_out_is_told_as_such(
    start: Callable[..., Any], sandbox: StripeSandbox, news: Any
) -> None:
    start()
    sandbox.tick(at_once=True)
    (fact,) = news.facts(PaymentFact)
    assert (fact.reference, fact.result.status) == ("service-1", "expired")


def test_something_free_begins_without_a_payment(start: Callable[..., Any], news: Any) -> None:
    free = SubscriptionItem(description="Community", amount=Money(0, "EUR"), cycle="1 year")
    start(clicks.VISA, items=(free,), once=())
    (bill,) = news.facts(GatewayBillFact)
    assert (bill.status, bill.total.minor, bill.payment_id, bill.fee) == ("paid", 0, None, None)


def test_a_refund_and_a_dispute_of_a_bill_name_its_payment(
    start: Callable[..., Any], client: stripe.StripeClient, control: Callable[..., Any], news: Any
) -> None:
    start(clicks.VISA)
    (bill,) = news.facts(GatewayBillFact)
    client.v1.refunds.create({"payment_intent": bill.payment_id or "", "amount": 300})
    control("dispute", payment_intent=bill.payment_id)
    told = news()
    facts = [fact for _, facts in told for fact in facts]
    assert {type(fact) for fact in facts} == {RefundFact, DisputeFact}
    assert {fact.payment_id for fact in facts} == {bill.payment_id}


def test_subscriptions_and_invoices_of_other_software_are_parked(
    start: Callable[..., Any], sandbox: StripeSandbox, news: Any
) -> None:
    start(clicks.VISA)
    (subscription,) = sandbox.store.all("subscription")
    sandbox.store.put("subscription", subscription["id"], {**subscription, "metadata": {}})
    (invoice,) = sandbox.store.all("invoice")
    invoice["parent"]["subscription_details"]["metadata"] = {}
    sandbox.store.put("invoice", invoice["id"], invoice)
    told = {
        kind: facts for kind, facts in news() if kind.startswith(("customer.sub", "invoice", "payment_i"))
    }
    parked = {kind for kind, reason in told.items() if "no reference of ours" in str(reason)}
    assert parked >= {"customer.subscription.created", "invoice.paid", "invoice_payment.paid"}
    assert "payment_intent.succeeded" in parked
    sandbox.store.put("invoice", invoice["id"], {**invoice, "parent": None})
    news.read = 0
    assert any("belongs to no subscription" in reason for reason in news.parked())


@pytest.mark.parametrize("kind", ["subscription", "invoice"])
def test_a_state_that_nobody_knows_is_parked_not_guessed(
    start: Callable[..., Any], sandbox: StripeSandbox, news: Any, kind: str
) -> None:
    start(clicks.VISA)
    (kept,) = sandbox.store.all(kind)
    sandbox.store.put(kind, kept["id"], {**kept, "status": "hovering"})
    assert any("does not know: hovering" in reason for reason in news.parked())


@pytest.mark.parametrize(
    ("stripes", "ours"),
    [("incomplete_expired", "ended"), ("trialing", "trialing"), ("paused", "paused"), ("unpaid", "unpaid")],
)
def test_the_states_of_a_subscription(
    start: Callable[..., Any], sandbox: StripeSandbox, news: Any, stripes: str, ours: str
) -> None:
    start(clicks.VISA)
    (kept,) = sandbox.store.all("subscription")
    sandbox.store.put("subscription", kept["id"], {**kept, "status": stripes})
    assert [fact.status for fact in news.facts(SubscriptionFact)] == [ours]


def test_a_bill_that_stripe_cannot_finish_or_was_paid_too_much_needs_a_person(
    start: Callable[..., Any], sandbox: StripeSandbox, news: Any
) -> None:
    start(clicks.VISA)
    (kept,) = sandbox.store.all("invoice")
    news()
    error = {"type": "invalid_request_error", "message": "The customer's address is missing."}
    draft = sandbox.account.save({**kept, "status": "draft", "last_finalization_error": error})
    sandbox.account.emit("invoice.finalization_failed", draft)
    (told,) = news.facts(NoticeFact)
    assert "address is missing" in told.cause
    sandbox.account.emit("invoice.overpaid", sandbox.account.save({**kept, "amount_overpaid": 250}))
    (told,) = news.facts(NoticeFact)
    assert "2.50 EUR" in told.cause


def test_what_stripe_writes_off_or_takes_back_is_told(
    start: Callable[..., Any], sandbox: StripeSandbox, client: stripe.StripeClient, later: Any, news: Any
) -> None:
    started = start(clicks.VISA)
    sandbox.methods.switch(started.customer_id, "lost_card")
    later("2026-12-22T14:00")
    (invoice,) = [one for one in sandbox.store.all("invoice") if one["status"] == "open"]
    client.v1.invoices.mark_uncollectible(invoice["id"])
    assert [bill.status for bill in news.facts(GatewayBillFact)][-1] == "uncollectible"
    client.v1.invoices.void_invoice(invoice["id"])
    assert [bill.status for bill in news.facts(GatewayBillFact)] == ["void"]


def test_a_bill_to_come_says_nothing(
    start: Callable[..., Any], later: Callable[[str], None], news: Any
) -> None:
    start(clicks.VISA)
    news()
    later("2026-12-20T12:00")
    assert news() == [("invoice.upcoming", [])]


@pytest.mark.parametrize("cycle", ["once", "0 months", "monthly", ""])
def test_what_does_not_recur_is_not_sent(start: Callable[..., Any], cycle: str) -> None:
    item = SubscriptionItem(description="Thing", amount=TEN, cycle=cycle)
    with pytest.raises(PermanentFailure, match="no cycle"):
        start(items=(item,))


def test_cycles_in_stripes_words() -> None:
    assert recurring("1 month") == {"interval": "month", "interval_count": 1}
    assert recurring("2 weeks") == {"interval": "week", "interval_count": 2}


def test_two_rhythms_and_lines_below_zero_are_refused(start: Callable[..., Any]) -> None:
    yearly = SubscriptionItem(description="Domain", amount=TEN, cycle="1 year")
    with pytest.raises(PermanentFailure, match="different billing intervals"):
        start(items=(*ITEMS, yearly))
    with pytest.raises(PermanentFailure, match="below zero"):
        start(key="sub-2", once=(("Gift", Money(-100, "EUR")),))


def test_every_agreement_is_listed_with_our_reference_and_whether_it_lives(
    gateway: StripeGateway, start: Callable[..., Any]
) -> None:
    start(clicks.VISA)
    start(clicks.VISA, key="sub-2", reference="service-2")
    listed = {one.reference: one for one in gateway.list_agreements()}
    assert {name: one.lives for name, one in listed.items()} == {"service-1": True, "service-2": True}
    ended = listed["service-2"].external_id
    gateway.cancel_subscription(ended, at_period_end=False, operation_key="end-2")
    assert {one.external_id for one in gateway.list_agreements() if not one.lives} == {ended}
