"""Stripe's letters, written and signed by hand."""

from __future__ import annotations

import hashlib
import hmac
from itertools import count
from typing import Any

from ez_stripe import API_VERSION
from ez_stripe.sandbox import WEBHOOK_SECRET

DOOR = "/webhooks/stripe/"
_number = count(1)


def event(kind: str, **changes: Any) -> dict[str, Any]:
    """An event of our version and mode; keywords change it."""
    whole = {
        "id": f"evt_own{next(_number):04}",
        "object": "event",
        "type": kind,
        "api_version": API_VERSION,
        "livemode": False,
        "created": 1_780_000_000,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
    }
    return whole | changes


def signature(body: bytes, at: int, secret: str = WEBHOOK_SECRET) -> str:
    """The header that Stripe would send."""
    signed = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def knock(
    web: Any, shop: Any, body: bytes, *, late: int = 0, secret: str = WEBHOOK_SECRET, door: str = DOOR
) -> Any:
    """Post a signed letter, `late` seconds old."""
    at = int(shop.work.clock.now().timestamp()) - late
    headers = {"Stripe-Signature": signature(body, at, secret), "Content-Type": "application/json"}
    return web.post(door, body, headers=headers, expect_errors=True)
