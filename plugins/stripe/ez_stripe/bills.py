"""Reads the invoices that Stripe makes for subscriptions: whose they are, who paid them, what stands on them.

Since 2025 an invoice names its subscription under `parent`, and its payments are objects of their own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from ez_stripe.currencies import from_stripe
from ez_stripe.reading import Doc, id_of, inner, items, number, text, text_or_none
from ez_stripe.results import REFERENCE, error_of, money, ours
from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.webhook_source import GatewayBillFact, GatewayBillLine, Parked

if TYPE_CHECKING:
    from ez_stripe.api import StripeApi

NOT_OURS = "nothing we asked for: it carries no reference of ours"
_NO_WORD = "the bank has not answered yet"


def day(moment: int, zone: ZoneInfo) -> date:
    """The shop's day of a moment that Stripe counts in seconds since 1970."""
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).date()


def subscription_of(invoice: Doc) -> str | None:
    """The id of the subscription that an invoice belongs to, if any."""
    return id_of(inner(inner(invoice, "parent"), "subscription_details"), "subscription")


def reference_of(api: StripeApi, invoice: Doc) -> str:
    """Our reference, from the invoice's own copy or else from its subscription. Raises: Parked, the signals."""
    subscription = subscription_of(invoice)
    if subscription is None:
        raise Parked("an invoice made at Stripe that belongs to no subscription: it is not ours")
    details = inner(inner(invoice, "parent"), "subscription_details")
    reference = ours(details, REFERENCE) or ours(api.subscription(subscription), REFERENCE)
    if reference is None:
        raise Parked(NOT_OURS)
    return reference


def payment_of(api: StripeApi, invoice_id: str) -> Doc | None:
    """The payment that paid an invoice, or is meant to. Raises: the signals."""
    bonds = [
        (text_or_none(bond, "status"), id_of(inner(bond, "payment"), "payment_intent"))
        for bond in api.invoice_payments(invoice=invoice_id)
    ]
    wanted = [id_ for status, id_ in bonds if id_ and status == "paid"] or [
        id_ for status, id_ in bonds if id_ and status != "canceled"
    ]
    return api.intent(wanted[0]) if wanted else None


def invoice_of_payment(api: StripeApi, intent_id: str) -> str | None:
    """The id of the invoice that a payment belongs to, if any. Raises: the signals."""
    wanted = {"type": "payment_intent", "payment_intent": intent_id}
    return next((id_of(bond, "invoice") for bond in api.invoice_payments(payment=wanted)), None)


def is_ours(api: StripeApi, intent: Doc) -> bool:
    """Did we ask for this payment, or does it pay a subscription that we asked for? Raises: the signals."""
    if ours(intent, REFERENCE):
        return True
    invoice_id = invoice_of_payment(api, text(intent, "id"))
    if invoice_id is None:
        return False
    try:
        reference_of(api, api.invoice(invoice_id))
    except Parked:
        return False
    return True


def bill(api: StripeApi, invoice: Doc, zone: ZoneInfo) -> GatewayBillFact | None:
    """What an invoice says; None for a draft, which says nothing yet. Raises: Parked, Unreadable, the signals."""
    status = text(invoice, "status")
    if status == "draft":
        return None
    reference = reference_of(api, invoice)
    intent = payment_of(api, text(invoice, "id"))
    paid = status == "paid"
    movement = inner(inner(intent or {}, "latest_charge"), "balance_transaction")
    tax, lines = _taxes(invoice), _lines(invoice, zone)
    return GatewayBillFact(
        bill_id=text(invoice, "id"),
        subscription_id=subscription_of(invoice) or "",
        reference=reference,
        status=_status(status),
        total=money(invoice, "total"),
        tax=tax,
        lines=_whole(lines, money(invoice, "total") - tax),
        payment_id=text(intent, "id") if intent and paid else None,
        fee=money(movement, "fee") if movement and paid else None,
        failure=(error_of(intent) or _waiting(intent)) if intent and not paid else None,
    )


def _status(status: str) -> Literal["open", "paid", "void", "uncollectible"]:
    if status == "open":
        return "open"
    if status == "paid":
        return "paid"
    if status == "void":
        return "void"
    if status == "uncollectible":
        return "uncollectible"
    raise Parked(f"an invoice in a state that this plugin does not know: {status}")


def _waiting(intent: Doc) -> str | None:
    status = text_or_none(intent, "status")
    if status == "requires_action":
        return "the bank wants to hear the client"
    return _NO_WORD if status == "processing" else None


def _taxes(invoice: Doc) -> Money:
    told = invoice.get("total_taxes")
    taxes = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return from_stripe(sum(number(tax, "amount") for tax in taxes), text(invoice, "currency"))


def _lines(invoice: Doc, zone: ZoneInfo) -> list[GatewayBillLine]:
    return [_line(line, zone) for line in items(inner(invoice, "lines"))]


def _line(line: Doc, zone: ZoneInfo) -> GatewayBillLine:
    period = inner(line, "period")
    start, end = (period.get(name) for name in ("start", "end"))
    days = (day(start, zone), day(end, zone)) if isinstance(start, int) and isinstance(end, int) else None
    lasts = days is not None and days[0] < days[1]
    return GatewayBillLine(
        description=text_or_none(line, "description") or "Subscription",
        amount=from_stripe(_net(line), text(line, "currency")),
        period_start=days[0] if days and lasts else None,
        period_end=days[1] if days and lasts else None,
    )


def _net(line: Doc) -> int:
    """The line after its discounts and without the tax that is inside its amount."""
    inclusive = [tax for tax in _listed(line, "taxes") if tax.get("tax_behavior") == "inclusive"]
    off = sum(number(one, "amount") for one in [*inclusive, *_listed(line, "discount_amounts")])
    return number(line, "amount") - off


def _listed(line: Doc, name: str) -> list[Doc]:
    told = line.get(name)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _whole(lines: list[GatewayBillLine], net: Money) -> tuple[GatewayBillLine, ...]:
    """The lines, and what Stripe charged beside them (shipping, rounding): together they are the bill."""
    missing = net - sum((line.amount for line in lines), Money(0, net.currency))
    if missing.minor:
        lines = [*lines, GatewayBillLine(description="Other amounts on Stripe's invoice", amount=missing)]
    return tuple(lines)
