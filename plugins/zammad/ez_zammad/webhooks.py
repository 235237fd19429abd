"""Zammad's webhooks: HMAC-SHA1 over the raw bytes. They carry no time, so a message is a hint and nothing more."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from ez_zammad.settings import ZammadSettings
from ezcore.plugin_api import BadSignature, Malformed
from ezcore.plugin_api.ports.webhook_source import Fact, HelpdeskFact, WebhookMessage, WebhookSource

LONGEST: Final = 200


class ZammadWebhooks(WebhookSource):
    """Speaks Zammad's webhook language at /webhooks/zammad/."""

    name: ClassVar[str] = "zammad"

    def __init__(self, settings: Callable[[], ZammadSettings]) -> None:
        self._settings = settings

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG002 - it has no time
        """Check who signed. Raises: BadSignature."""
        secret = self._settings().webhook_secret.get_secret_value()
        if not secret:
            raise BadSignature("no webhook secret is configured")
        given = headers.get("x-hub-signature", "")[:LONGEST]
        # SHA-1 is what Zammad signs with; as an HMAC it is not broken.
        made = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        if not hmac.compare_digest(given.encode(), f"sha1={made}".encode()):
            raise BadSignature("no signature matches")

    def parse(self, body: bytes) -> WebhookMessage:
        """Which ticket. The same bytes are the same message. Raises: Malformed."""
        return WebhookMessage(
            external_id=hashlib.sha256(body).hexdigest(), kind="ticket", object_id=str(_ticket(body)["id"])
        )

    def interpret(self, message: WebhookMessage, body: bytes) -> Sequence[Fact]:  # noqa: ARG002 - it is only a hint
        """It changed; the core reads what."""
        return [HelpdeskFact(external_id=str(message.object_id))]


def _ticket(body: bytes) -> dict[str, Any]:
    try:
        ticket = json.loads(body)["ticket"]
        if not isinstance(ticket["id"], int):
            raise Malformed("the id of the ticket is no number")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Malformed("no ticket of Zammad's") from error
    found: dict[str, Any] = ticket
    return found
