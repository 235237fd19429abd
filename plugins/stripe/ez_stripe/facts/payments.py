"""Payments and Checkout pages."""

from __future__ import annotations

from collections.abc import Sequence

from ez_stripe.bills import NOT_OURS, invoice_of_payment
from ez_stripe.facts.hint import Hint, Reading
from ez_stripe.facts.methods import stored_by_setup
from ez_stripe.facts.subscriptions import bill_facts, subscription_facts
from ez_stripe.params import CHECKOUT
from ez_stripe.reading import Doc, id_of, text
from ez_stripe.results import FLOW, REFERENCE, ours, result_of_intent, result_of_session
from ezcore.plugin_api.ports.webhook_source import Fact, Parked, PaymentFact


def payment(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A payment that we asked for, or the bill that it pays."""
    return _payment(reading, hint.object_id)


def charge(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A charge was settled: its payment is told again, now with the fee."""
    intent_id = id_of(hint.found, "payment_intent")
    if intent_id is None:
        raise Parked("a charge without a payment: not ours")
    return _payment(reading, intent_id)


def session(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A Checkout page came to its end."""
    found = reading.api.session(hint.object_id)
    reference, mode = ours(found, REFERENCE), text(found, "mode")
    if reference is None:
        raise Parked(NOT_OURS)
    if mode == "payment":
        return (PaymentFact(reference=reference, result=result_of_session(found)),)
    if text(found, "status") == "complete":
        return stored_by_setup(found, reference) if mode == "setup" else _subscribed(reading, found)
    # A page that was to begin a subscription and ended without one: whoever waits for it may go on.
    ended = mode == "subscription" and text(found, "status") == "expired"
    return (PaymentFact(reference=reference, result=result_of_session(found)),) if ended else ()


def _payment(reading: Reading, intent_id: str) -> Sequence[Fact]:
    intent = reading.api.intent(intent_id)
    reference = ours(intent, REFERENCE)
    if reference is None:
        invoice_id = invoice_of_payment(reading.api, intent_id)
        if invoice_id is None:
            raise Parked(NOT_OURS)
        return bill_facts(reading, reading.api.invoice(invoice_id))
    at_page = ours(intent, FLOW) == CHECKOUT
    result = result_of_intent(intent, open_page=at_page)
    # A card declined on an open page is no news: another may follow. The session tells the end.
    if at_page and result.status == "pending" and text(intent, "status") != "processing":
        return ()
    return (PaymentFact(reference=reference, result=result),)


def _subscribed(reading: Reading, found: Doc) -> Sequence[Fact]:
    subscription_id, invoice_id = id_of(found, "subscription"), id_of(found, "invoice")
    facts: list[Fact] = []
    if subscription_id:
        facts += subscription_facts(reading, subscription_id)
    if invoice_id:
        facts += bill_facts(reading, reading.api.invoice(invoice_id))
    return facts
