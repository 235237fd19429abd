"""What Stripe may answer besides an object: two facts that are no reason to give up."""

from __future__ import annotations

from ez_stripe.reading import Doc
from ezcore.plugin_api import OutcomeUnknown, RetryAfter


class CardDeclined(Exception):
    """The bank said no. `intent` is the payment as it now stands at Stripe."""

    def __init__(self, code: str | None, decline_code: str | None, message: str, intent: Doc) -> None:
        super().__init__(message)
        self.code = code
        self.decline_code = decline_code
        self.message = message
        self.intent = intent


class Missing(Exception):
    """Stripe has no object of this id; `param` says which one of those we named."""

    def __init__(self, param: str | None, message: str) -> None:
        super().__init__(message)
        self.param = param


def unread(cause: str, *, writes: bool) -> OutcomeUnknown | RetryAfter:
    """Stripe answered, and what it answered is not believed: after a write nobody knows, after a read we ask again."""
    return OutcomeUnknown(cause, unreachable=False) if writes else RetryAfter(60, cause)
