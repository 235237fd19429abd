"""What we send to open the pages besides a payment: storing a card, subscribing, the portal. Pure, as in `params`."""

from __future__ import annotations

import re
from typing import Any

from ez_stripe.currencies import to_stripe
from ez_stripe.params import NAME, locale, metadata_of
from ezcore.plugin_api import Money, PermanentFailure
from ezcore.plugin_api.ports.gateway import PortalRequest, SetupRequest, SubscriptionRequest

SETUP, SUBSCRIPTION = "setup", "subscription"
_CYCLE = re.compile(r"([1-9][0-9]*) (day|week|month|year)s?")


def setup_params(request: SetupRequest, customer: str) -> dict[str, Any]:
    """A Checkout page that keeps a method and charges nothing."""
    metadata = metadata_of(request.operation_key, request.reference, SETUP)
    return {
        "mode": "setup",
        "customer": customer,
        "client_reference_id": request.reference[:200],
        "currency": request.currency.lower(),
        "setup_intent_data": {"metadata": metadata},
        "metadata": metadata,
        "locale": locale(request.client.language),
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
    }


def subscription_params(request: SubscriptionRequest, customer: str) -> dict[str, Any]:
    """A Checkout page after which Stripe bills every cycle; extra lines stand on the first bill only.

    Raises: PermanentFailure for an amount or a cycle that Stripe cannot express.
    """
    metadata = metadata_of(request.operation_key, request.reference, SUBSCRIPTION)
    lines = [
        {
            "price_data": _price(item.description, item.amount, recurring(item.cycle)),
            "quantity": item.quantity,
        }
        for item in request.items
    ]
    lines += [{"price_data": _price(text, amount), "quantity": 1} for text, amount in request.once]
    return {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": request.reference[:200],
        "line_items": lines,
        "subscription_data": {"metadata": metadata},
        "metadata": metadata,
        "locale": locale(request.client.language),
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
    }


def portal_params(request: PortalRequest, customer: str, configuration: str) -> dict[str, Any]:
    """A page of the Customer Portal; `configuration` may be empty: the account's default."""
    params = {
        "customer": customer,
        "return_url": request.return_url,
        "locale": locale(request.client.language),
    }
    return params | ({"configuration": configuration} if configuration else {})


def recurring(cycle: str) -> dict[str, Any]:
    """`3 months` as Stripe says it. Raises: PermanentFailure for what does not recur."""
    found = _CYCLE.fullmatch(cycle)
    if not found:
        raise PermanentFailure(f"Stripe bills no cycle called {cycle!r}")
    return {"interval": found[2], "interval_count": int(found[1])}


def _price(name: str, amount: Money, every: dict[str, Any] | None = None) -> dict[str, Any]:
    if amount.minor < 0:
        raise PermanentFailure(f"Stripe takes no line below zero: {name} {amount}")
    price = {
        "currency": amount.currency.lower(),
        "unit_amount": to_stripe(amount),
        "product_data": {"name": name[:NAME]},
        "tax_behavior": "inclusive",
    }
    return price | ({"recurring": every} if every else {})
