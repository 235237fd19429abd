"""Turns Stripe's objects into the results the core understands. Pure; amounts leave Stripe's units here."""

from __future__ import annotations

from typing import Literal

from ez_stripe.currencies import from_stripe
from ez_stripe.reading import Doc, id_of, inner, number, text, text_or_none
from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.gateway import PaymentResult, RefundResult, StoredMethod

OPERATION, REFERENCE, FLOW = "ez_operation_key", "ez_reference", "ez_flow"
"""The names of our fields in Stripe's metadata."""
_PAGE_EXPIRED = "the page expired"


def ours(doc: Doc, name: str) -> str | None:
    """One of our metadata fields."""
    return text_or_none(inner(doc, "metadata"), name)


def result_of_session(session: Doc) -> PaymentResult:
    """What became of a Checkout Session with its payment or setup expanded. Raises: Unreadable.

    A page that stores a method has succeeded when it did: no amount, the method is told.
    """
    status, intent = text(session, "status"), inner(session, "payment_intent")
    customer = id_of(session, "customer")
    if status == "expired":
        return PaymentResult(
            status="expired",
            external_id=text_or_none(intent, "id"),
            customer_id=customer,
            reason=_PAGE_EXPIRED,
        )
    if status == "complete" and text(session, "mode") == "setup":
        setup = inner(session, "setup_intent")
        return PaymentResult(
            status="succeeded",
            external_id=text_or_none(setup, "id"),
            customer_id=customer,
            method=stored_method(inner(setup, "payment_method")),
        )
    if status != "complete" or not intent:
        return PaymentResult(status="pending", customer_id=customer, reason=error_of(intent))
    return result_of_intent(intent, open_page=False)


def result_of_intent(intent: Doc, *, open_page: bool) -> PaymentResult:
    """What became of a payment. With `open_page` another card may still be tried. Raises: Unreadable."""
    status, customer = text(intent, "status"), id_of(intent, "customer")
    known = {"external_id": text(intent, "id"), "customer_id": customer}
    if status == "succeeded":
        return _succeeded(intent, known)
    if status == "canceled":
        # A page that ran out cancels its payment; the session and the payment tell it alike.
        ended = ("expired", _PAGE_EXPIRED) if open_page else ("declined", "canceled at Stripe")
        return PaymentResult(status=ended[0], reason=ended[1], **known)
    if status in ("requires_payment_method", "requires_action") and not open_page:
        return _refused(intent, status, known)
    # Stripe's lists of statuses are open: one that nobody knows yet is not paid and not refused.
    return PaymentResult(status="pending", reason=error_of(intent), **known)


def result_of_refund(refund: Doc) -> RefundResult:
    """What became of a refund. Raises: Unreadable."""
    return RefundResult(
        status=refund_status(refund),
        external_id=text(refund, "id"),
        amount=money(refund, "amount"),
        reason=text_or_none(refund, "failure_reason") or text_or_none(refund, "pending_reason"),
    )


def refund_status(refund: Doc) -> Literal["succeeded", "pending", "failed"]:
    """succeeded, pending or failed; Stripe's list is open, so what nobody knows is pending."""
    status = text(refund, "status")
    if status == "succeeded":
        return "succeeded"
    return "failed" if status in ("failed", "canceled") else "pending"


def money(doc: Doc, name: str) -> Money:
    """An amount of a document in its own currency. Raises: Unreadable."""
    return from_stripe(number(doc, name), text(doc, "currency"))


def stored_method(method: Doc) -> StoredMethod | None:
    """What we keep of a method that stays with a customer; None for one that does not."""
    customer, id_ = id_of(method, "customer"), text_or_none(method, "id")
    if customer is None or id_ is None:
        return None
    kind = text_or_none(method, "type") or "method"
    details = inner(method, kind)
    name = (text_or_none(details, "display_brand") or text_or_none(details, "brand") or kind).replace(
        "_", " "
    )
    last4 = text_or_none(details, "last4")
    label = f"{name.capitalize()} ending in {last4}" if last4 else name.capitalize()
    return StoredMethod(external_id=id_, customer_id=customer, label=label, expires=_expires(details))


def _succeeded(intent: Doc, known: dict[str, str | None]) -> PaymentResult:
    movement = inner(inner(intent, "latest_charge"), "balance_transaction")
    return PaymentResult(
        status="succeeded",
        amount=money(intent, "amount_received"),
        fee=money(movement, "fee") if movement else None,
        method=stored_method(inner(intent, "payment_method")),
        **known,
    )


def _refused(intent: Doc, status: str, known: dict[str, str | None]) -> PaymentResult:
    error = inner(intent, "last_payment_error")
    wants_client = status == "requires_action" or text_or_none(error, "code") == "authentication_required"
    reason = error_of(intent) or ("the bank wants to hear the client" if wants_client else "not paid")
    return PaymentResult(
        status="requires_action" if wants_client else "declined",
        reason=reason,
        method=stored_method(inner(error, "payment_method") or inner(intent, "payment_method")),
        **known,
    )


def error_of(intent: Doc) -> str | None:
    """Why the last try to pay failed, if one did."""
    error = inner(intent, "last_payment_error")
    return said(
        text_or_none(error, "message"), text_or_none(error, "decline_code") or text_or_none(error, "code")
    )


def said(message: str | None, code: str | None) -> str | None:
    """The bank's words for people and machines: `Your card was declined. (lost_card)`."""
    parts = [message, f"({code})" if code else None]
    return " ".join(part for part in parts if part) or None


def _expires(details: Doc) -> str | None:
    month, year = details.get("exp_month"), details.get("exp_year")
    return f"{month:02d}/{year:04d}" if isinstance(month, int) and isinstance(year, int) else None
