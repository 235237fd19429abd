"""What the authority's refusals and silences mean for a job."""

from __future__ import annotations

from typing import Final

import requests
from acme import errors, messages

from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.errors import StepSignal

LONGEST: Final = 400
SOON: Final = 10.0
LONG_WAIT: Final = 3600.0
TRANSIENT: Final = frozenset({"serverInternal", "connection"})
BROKEN: Final = 500


class AccountGone(Exception):
    """The authority does not know our account (any more)."""


class NotReady(Exception):
    """The order is not ready to be finished yet."""


def sentence(text: object) -> str:
    """One short line of what the authority wrote."""
    return " ".join(str(text).split())[:LONGEST]


def said(error: messages.Error) -> str:
    """The authority's own words, those about single names included."""
    parts = [error.detail or error.code or "no reason given"]
    parts += [
        f"{sub.identifier.value if sub.identifier else ''}: {sub.detail}" for sub in error.subproblems or ()
    ]
    return sentence("; ".join(parts))


def signal_of(error: Exception, retry_after: float | None) -> Exception:
    """The signal for what was raised while the authority was asked."""
    if isinstance(error, StepSignal | AccountGone | NotReady):
        return error
    if isinstance(error, messages.Error):
        return _problem(error, retry_after)
    if isinstance(error, errors.ClientError) and error.args and isinstance(error.args[0], requests.Response):
        return _odd_answer(error.args[0], retry_after)
    if isinstance(error, requests.exceptions.SSLError):
        return RetryAfter(
            60,
            f"the authority's own certificate is not trusted: {sentence(_innermost(error))}",
            unreachable=True,
        )
    if isinstance(error, requests.exceptions.RequestException):
        return OutcomeUnknown(f"no answer from the authority: {type(error).__name__}")
    return OutcomeUnknown(f"unreadable answer of the authority: {type(error).__name__}")


def _problem(error: messages.Error, retry_after: float | None) -> Exception:
    code, words = error.code, said(error)
    if code == "accountDoesNotExist":
        return AccountGone(words)
    if code == "orderNotReady":
        return NotReady(words)
    if code == "rateLimited":
        return RetryAfter(retry_after or LONG_WAIT, f"the authority limits us: {words}")
    if code == "badNonce":
        return RetryAfter(SOON, "the authority refuses one nonce after the other")
    if code in TRANSIENT:  # with "connection" it is somebody else whom it does not reach
        return OutcomeUnknown(f"the authority has trouble: {words}", unreachable=code != "connection")
    return PermanentFailure(f"the authority refuses: {words}")


def _odd_answer(response: requests.Response, retry_after: float | None) -> StepSignal:
    status = response.status_code
    if status in (429, 503):
        cause = f"the authority asks to wait ({status})"
        return RetryAfter(retry_after or 60.0, cause, unreachable=status >= BROKEN)
    if status in (401, 403):
        return PermanentFailure(f"the authority refuses us ({status})")
    return OutcomeUnknown(f"unreadable answer of the authority ({status})")


def _innermost(error: BaseException) -> BaseException:
    while error.args and isinstance(error.args[0], BaseException):
        error = error.args[0]
    return getattr(error, "reason", None) or error
