"""Checks who signed a webhook, over the raw bytes, and when.

Stripe's own library looks at the machine's clock and lets any future time pass; we take the time we are told
and refuse both: a signature is good for 300 seconds around its time.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from ezcore.plugin_api import BadSignature

TOLERANCE = 300
"""Seconds, both ways."""
_LONGEST = 4096


def verify(header: str | None, body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Accept the body if one of the signatures was made with one of the secrets, lately.

    Raises: BadSignature.
    """
    if not secrets:
        raise BadSignature("no webhook secret is configured")
    if not header or len(header) > _LONGEST:
        raise BadSignature("the Stripe-Signature header is missing or absurd")
    at, given = _parts(header)
    payload = b"%d." % at + body
    expected = [hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given):
        raise BadSignature("no signature matches")
    if abs(now.timestamp() - at) > TOLERANCE:
        raise BadSignature("the signature is too old, or from the future")


def _parts(header: str) -> tuple[int, list[str]]:
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or not signatures:
        raise BadSignature("the Stripe-Signature header cannot be read")
    return int(times[0]), signatures
