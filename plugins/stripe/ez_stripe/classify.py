"""What an error of Stripe's library means for a job: wait, look before trying again, or give up.

The one question that matters is whether anything may have happened at Stripe.
"""

from __future__ import annotations

from collections.abc import Iterator

import stripe

from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, RetryAfter

Signal = RetryAfter | OutcomeUnknown | PermanentFailure

_WAIT = 30.0
_SHORT = 2.0
_MOST = 3600.0
_CONFLICT, _TOO_MANY, _SERVER = 409, 429, 500
_NOT_SENT = frozenset(
    {
        "ConnectTimeoutError",
        "NameResolutionError",
        "NewConnectionError",
        "SSLCertVerificationError",
    }
)


def signal(error: stripe.StripeError, *, writes: bool) -> Signal:
    """The signal a step raises for this error; `writes`: the call would have changed something."""
    status = error.http_status or 0
    if isinstance(error, stripe.RateLimitError) or status == _TOO_MANY:
        return RetryAfter(_asked_to_wait(error), "Stripe asks to slow down")
    if status == _CONFLICT:
        return RetryAfter(_SHORT, "Stripe is still working on the same request")
    if isinstance(error, stripe.APIConnectionError) and _never_sent(error):
        return RetryAfter(_WAIT, "Stripe cannot be reached", unreachable=True)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return PermanentFailure(f"Stripe does not accept our key: {_said(error)}")
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError | stripe.CardError):
        return PermanentFailure(f"Stripe refuses: {_said(error)}")
    cause = f"Stripe's answer was lost: {type(error).__name__} {status or ''}".rstrip()
    return OutcomeUnknown(cause) if writes else RetryAfter(_WAIT, cause, unreachable=True)


def _asked_to_wait(error: stripe.StripeError) -> float:
    headers = error.headers or {}
    for name in ("Retry-After", "retry-after"):
        try:
            return min(max(float(headers[name]), _SHORT), _MOST)
        except (KeyError, TypeError, ValueError):
            continue
    return _WAIT


def _never_sent(error: BaseException) -> bool:
    return any(type(cause).__name__ in _NOT_SENT for cause in _causes(error))


def _causes(error: object) -> Iterator[object]:
    """The error, what caused it, and what the HTTP library wrapped inside (`MaxRetryError.reason`)."""
    waiting, seen = [error], 0
    while waiting and seen < len(_NOT_SENT) * 4:
        cause = waiting.pop()
        seen += 1
        yield cause
        if isinstance(cause, BaseException):
            wrapped = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args[:1]]
            waiting += [one for one in wrapped if isinstance(one, BaseException)]


def _said(error: stripe.StripeError) -> str:
    return str(error.user_message or error)
