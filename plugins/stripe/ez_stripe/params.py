"""What we send to Stripe: pure, so that repeating a request is word for word the same request."""

from __future__ import annotations

from typing import Any

from ez_stripe.currencies import to_stripe
from ez_stripe.results import FLOW, OPERATION, REFERENCE
from ezcore.plugin_api.ports.gateway import CaptureRequest, CheckoutRequest, RefundRequest
from ezcore.plugin_api.values import ClientFacts

_LOCALES = frozenset(
    {
        "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
        "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt",
        "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
    }
)  # fmt: skip
NAME, _METADATA, _DESCRIPTION = 250, 500, 1000
"""The longest texts Stripe takes."""
CHECKOUT, CAPTURE = "checkout", "capture"


def customer_params(client: ClientFacts) -> dict[str, Any]:
    """A customer for a client of ours."""
    return {"name": client.name[:NAME], "email": client.email, "metadata": {"ez_client": str(client.id)}}


def checkout_params(request: CheckoutRequest, customer: str) -> dict[str, Any]:
    """A Checkout page in payment mode that keeps the method for later charges where asked.

    Raises: PermanentFailure for an amount that Stripe cannot express.
    """
    metadata = metadata_of(request.operation_key, request.reference, CHECKOUT)
    product = {"name": request.description[:NAME]}
    price = {
        "currency": request.amount.currency.lower(),
        "unit_amount": to_stripe(request.amount),
        "product_data": product,
    }
    payment: dict[str, Any] = {"description": request.description[:_DESCRIPTION], "metadata": metadata}
    if request.save_method:
        payment["setup_future_usage"] = "off_session"
    return {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": request.reference[:200],
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_intent_data": payment,
        "metadata": metadata,
        "locale": locale(request.client.language),
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
    }


def capture_params(request: CaptureRequest) -> dict[str, Any]:
    """A charge of a stored method while its owner is away.

    Raises: PermanentFailure for an amount that Stripe cannot express.
    """
    return {
        "amount": to_stripe(request.amount),
        "currency": request.amount.currency.lower(),
        "customer": request.method.customer_id,
        "payment_method": request.method.external_id,
        "off_session": True,
        "confirm": True,
        "description": request.description[:_DESCRIPTION],
        "metadata": metadata_of(request.operation_key, request.reference, CAPTURE),
    }


def refund_params(request: RefundRequest) -> dict[str, Any]:
    """Money back, of one payment. Raises: PermanentFailure for an amount that Stripe cannot express."""
    return {
        "payment_intent": request.external_id,
        "amount": to_stripe(request.amount),
        "reason": "requested_by_customer",
        "metadata": {OPERATION: request.operation_key, "ez_reason": request.reason[:_METADATA]},
    }


def metadata_of(operation_key: str, reference: str, flow: str) -> dict[str, str]:
    """Our fields, on everything that Stripe makes for us."""
    return {OPERATION: operation_key, REFERENCE: reference, FLOW: flow}


def locale(language: str) -> str:
    """The page's language, by Stripe's name; what Stripe does not speak is left to the browser."""
    wanted = language.replace("_", "-")
    for name in (wanted, wanted.partition("-")[0]):
        if name in _LOCALES:
            return name
    return "auto"
