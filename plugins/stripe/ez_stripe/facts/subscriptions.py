"""What Stripe bills by itself: subscriptions and their invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from ez_stripe import bills
from ez_stripe.facts.hint import Hint, Reading
from ez_stripe.reading import Doc, id_of, inner, items, number, text, text_or_none
from ez_stripe.results import REFERENCE, money, ours
from ezcore.plugin_api.ports.webhook_source import Fact, NoticeFact, Parked, SubscriptionFact

Status = Literal["incomplete", "trialing", "active", "past_due", "paused", "unpaid", "ended"]
_STATUSES: dict[str, Status] = {
    "incomplete": "incomplete",
    "incomplete_expired": "ended",
    "trialing": "trialing",
    "active": "active",
    "past_due": "past_due",
    "paused": "paused",
    "unpaid": "unpaid",
    "canceled": "ended",
}


def subscription(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A subscription as it stands."""
    return subscription_facts(reading, hint.object_id)


def bill(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """An invoice as it stands; a draft says nothing, unless it cannot be finished."""
    invoice = reading.api.invoice(hint.object_id)
    return (*bill_facts(reading, invoice), *_notices(reading, invoice, hint.kind))


def bill_payment(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """An invoice was paid."""
    invoice_id = id_of(hint.found, "invoice") or id_of(reading.api.invoice_payment(hint.object_id), "invoice")
    if invoice_id is None:
        raise Parked("a payment of no invoice")
    return bill_facts(reading, reading.api.invoice(invoice_id))


def bill_facts(reading: Reading, invoice: Doc) -> Sequence[Fact]:
    """What an invoice says; nothing while it is a draft. Raises: Parked, the signals."""
    told = bills.bill(reading.api, invoice, reading.zone)
    return () if told is None else (told,)


def subscription_facts(reading: Reading, subscription_id: str) -> Sequence[Fact]:
    """What a subscription says. Raises: Parked, the signals."""
    found = reading.api.subscription(subscription_id)
    reference, status = ours(found, REFERENCE), text(found, "status")
    if reference is None:
        raise Parked(bills.NOT_OURS)
    if status not in _STATUSES:
        raise Parked(f"a subscription in a state that this plugin does not know: {status}")
    start, end = _period(reading, found)
    return (
        SubscriptionFact(
            subscription_id=text(found, "id"),
            reference=reference,
            customer_id=id_of(found, "customer"),
            status=_STATUSES[status],
            period_start=start,
            period_end=end,
            cancel_at=_ends(reading, found, end),
        ),
    )


def _period(reading: Reading, found: Doc) -> tuple[date | None, date | None]:
    """Periods belong to the items and may differ: the one that ends first counts, for it is billed next."""
    periods = sorted(
        (number(item, "current_period_end"), number(item, "current_period_start"))
        for item in items(inner(found, "items"))
    )
    if not periods:
        return None, None
    end, start = periods[0]
    return bills.day(start, reading.zone), bills.day(end, reading.zone)


def _ends(reading: Reading, found: Doc, period_end: date | None) -> date | None:
    for name in ("ended_at", "cancel_at"):
        moment = found.get(name)
        if isinstance(moment, int) and not isinstance(moment, bool):
            return bills.day(moment, reading.zone)
    return period_end if found.get("cancel_at_period_end") is True else None


def _notices(reading: Reading, invoice: Doc, kind: str) -> Sequence[Fact]:
    """What a person must see to, told by the event that it is about only."""
    name = text_or_none(invoice, "number") or text(invoice, "id")
    if kind == "invoice.finalization_failed" and text(invoice, "status") == "draft":
        bills.reference_of(reading.api, invoice)
        said = text_or_none(inner(invoice, "last_finalization_error"), "message") or "no reason given"
        title = "Stripe cannot finish an invoice of a subscription"
        return (NoticeFact(payment_id=None, title=title, cause=f"Invoice {name}: {said}"),)
    over = invoice.get("amount_overpaid")
    if kind == "invoice.overpaid" and isinstance(over, int) and over > 0:
        title = "An invoice of Stripe was paid twice or too much"
        cause = f"Invoice {name}: Stripe keeps {money(invoice, 'amount_overpaid')} as the customer's balance."
        return (NoticeFact(payment_id=None, title=title, cause=cause),)
    return ()
