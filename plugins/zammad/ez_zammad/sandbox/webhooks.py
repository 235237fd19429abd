"""Sends the webhooks of the imitated Zammad's trigger, signed, and misbehaves when a fault says so.

Faults for the call `webhooks.ticket`: duplicate_webhooks, drop_webhooks, bad_signature, unknown_event.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.request
import uuid
from typing import Final

from ez_zammad.sandbox import SECRET
from ezcore.plugin_api.sandbox import Document, SandboxApp

CALL: Final = "webhooks.ticket"
TRIGGER: Final = "tell the shop"


def tell(app: SandboxApp, ticket: Document, article: Document) -> None:
    """Send it, if anybody is to be told; nobody there is nobody told."""
    url = app.options.webhook_url
    if not url or app.faults.take(CALL, "drop_webhooks"):
        return
    told = (
        {"news": ticket} if app.faults.take(CALL, "unknown_event") else {"ticket": ticket, "article": article}
    )
    body = json.dumps(told).encode()
    forged = app.faults.take(CALL, "bad_signature") is not None
    headers = signed(body, "of somebody else" if forged else app.options.webhook_secret or SECRET)
    again = app.faults.take(CALL, "duplicate_webhooks")
    for _ in range(int(again.args.get("copies", 2)) if again else 1):
        _send(url, body, headers)


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers of a delivery."""
    made = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zammad User Agent",
        "X-Zammad-Trigger": TRIGGER,
        "X-Zammad-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature": f"sha1={made}",
    }


def _send(url: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - the shop's own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10):
            pass
    except (OSError, ValueError):
        return
