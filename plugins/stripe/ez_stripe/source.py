"""Stripe's webhooks: signature on the raw bytes, one event per message, and the truth re-read from Stripe.

Events arrive more than once and in any order, and show an object as it was. So an event is only a hint: what
happened is read from Stripe when the event is processed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from ez_stripe.account import StripeAccount
from ez_stripe.errors import Missing
from ez_stripe.event_types import NOTHING_TO_DO
from ez_stripe.facts import READERS, Hint, Reading
from ez_stripe.reading import Doc, Unreadable, inner, text, text_or_none
from ez_stripe.settings import StripeSettings
from ez_stripe.signature import verify
from ezcore.plugin_api import Malformed, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.webhook_source import Fact, Parked, WebhookMessage, WebhookSource


class StripeWebhooks(WebhookSource):
    """Speaks Stripe's webhook language at /webhooks/stripe/."""

    name: ClassVar[str] = "stripe"

    def __init__(self, account: StripeAccount, zone: Callable[[], str] = lambda: "UTC") -> None:
        self._account = account
        self._zone = zone

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Check who signed, and when. Raises: BadSignature."""
        verify(headers.get("stripe-signature"), body, self._account.settings.webhook_secrets, now)

    def parse(self, body: bytes) -> WebhookMessage:
        """Read the envelope; another account, mode or version is parked. Raises: Malformed."""
        event = _event(body)
        found = inner(inner(event, "data"), "object")
        return WebhookMessage(
            external_id=_needed(event, "id"),
            kind=_needed(event, "type"),
            api_version=text_or_none(event, "api_version"),
            livemode=event.get("livemode") is True,
            object_id=text_or_none(found, "id"),
            created=_created(event),
            park_reason=_mismatch(event, self._account.settings),
        )

    def interpret(self, message: WebhookMessage, body: bytes) -> Sequence[Fact]:
        """Say what is so now. Raises: Parked, RetryAfter."""
        if message.park_reason:
            raise Parked(message.park_reason)
        try:
            return self._facts(message, body)
        except Missing as missing:
            raise Parked(f"Stripe has it no more: {missing}") from missing
        except PermanentFailure as refused:
            raise Parked(refused.reason) from refused
        except Unreadable as odd:
            raise RetryAfter(60, str(odd)) from odd

    def _facts(self, message: WebhookMessage, body: bytes) -> Sequence[Fact]:
        reader = READERS.get(message.kind)
        if reader is not None:
            reading = Reading(self._account.api, ZoneInfo(self._zone()))
            return reader(reading, _hint(message, body))
        if message.kind.startswith(NOTHING_TO_DO):
            return ()
        raise Parked(f"unknown type of event: {message.kind}")


def _hint(message: WebhookMessage, body: bytes) -> Hint:
    if message.object_id is None:
        raise Parked("the event names no object")
    data = inner(_event(body), "data")
    return Hint(message.kind, message.object_id, inner(data, "object"), inner(data, "previous_attributes"))


def _event(body: bytes) -> Doc:
    try:
        event: Any = json.loads(body)
    except (ValueError, RecursionError) as odd:
        raise Malformed("the body is not JSON") from odd
    if not isinstance(event, dict):
        raise Malformed("the body is no JSON object")
    return event


def _needed(event: Doc, name: str) -> str:
    try:
        return text(event, name)
    except Unreadable as odd:
        raise Malformed(str(odd)) from odd


def _created(event: Doc) -> int | None:
    value = event.get("created")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _mismatch(event: Doc, settings: StripeSettings) -> str | None:
    kind, version = event.get("object"), event.get("api_version")
    if kind != "event":
        return f"not an event but {kind!r}: this plugin reads snapshot events only"
    if text_or_none(event, "account") or text_or_none(event, "context"):
        return "an event of a connected account"
    if version != settings.api_version:
        return f"version mismatch: the event speaks {version}, this plugin {settings.api_version}"
    if event.get("livemode") is not settings.livemode:
        return (
            f"mode mismatch: the key is for {'live' if settings.livemode else 'test'} mode, the event is not"
        )
    return None
