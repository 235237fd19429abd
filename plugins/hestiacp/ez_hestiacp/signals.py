"""Turns errors of the server into what a job step says to the engine: wait, ask, give up, look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar

from ez_hestiacp.errors import HestiaError, Kind
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter

T = TypeVar("T")
BUSY_SECONDS: Final = 60.0
SOON_SECONDS: Final = 5.0


def signal_of(error: HestiaError) -> Exception:
    """What to raise for an error of the server; errors of no special kind count as a failed try."""
    make = _SIGNALS.get(error.kind)
    return make(error) if make else error


def _unknown(error: HestiaError) -> OutcomeUnknown:
    return OutcomeUnknown(error.text, unreachable=error.away)


_SIGNALS: Final[Mapping[Kind, Callable[[HestiaError], Exception]]] = {
    Kind.UNKNOWN: _unknown,
    Kind.UNREACHABLE: lambda error: RetryAfter(SOON_SECONDS, error.text, unreachable=error.away),
    # A sub-command failed after the work began: look before it is asked for again.
    Kind.HALF_DONE: _unknown,
    Kind.PERMANENT: lambda error: PermanentFailure(error.text),
    Kind.BUSY: lambda error: RetryAfter(BUSY_SECONDS, error.text),
    Kind.DENIED: lambda error: NeedsInfo(
        f"The server refuses our access key: {error.text}. Mend its permissions or API_ALLOWED_IP, then retry."
    ),
    Kind.SUSPENDED: lambda error: NeedsInfo(
        f"Somebody suspended this account in the panel: {error.text}. Unsuspend it, then retry."
    ),
    Kind.LIMIT: lambda error: NeedsInfo(
        f"The package allows no more: {error.text}. Raise it in the panel, then retry."
    ),
    Kind.DISABLED: lambda error: NeedsInfo(f"The server lacks a part: {error.text}. Enable it, then retry."),
}


def speaking(run: Callable[..., T]) -> Callable[..., T]:
    """Let a method raise signals instead of the server's errors."""

    @wraps(run)
    def step(module: object, *args: Any, **given: Any) -> T:
        try:
            return run(module, *args, **given)
        except HestiaError as error:
            raise signal_of(error) from error

    return step
