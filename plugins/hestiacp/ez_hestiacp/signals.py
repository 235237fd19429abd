"""Turns errors of the server into what a job step says to the engine: wait, ask, give up, look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar

from ez_hestiacp.errors import HestiaError, Kind
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter

T = TypeVar("T")
BUSY_SECONDS: Final = 60.0


def signal_of(error: HestiaError) -> Exception:
    """What to raise for an error of the server; errors of no special kind count as a failed try."""
    make = _SIGNALS.get(error.kind)
    return make(error.text) if make else error


_SIGNALS: Final[Mapping[Kind, Callable[[str], Exception]]] = {
    Kind.UNKNOWN: OutcomeUnknown,
    # A sub-command failed after the work began: look before it is asked for again.
    Kind.HALF_DONE: OutcomeUnknown,
    Kind.PERMANENT: PermanentFailure,
    Kind.BUSY: lambda text: RetryAfter(BUSY_SECONDS, text),
    Kind.DENIED: lambda text: NeedsInfo(
        f"The server refuses our access key: {text}. Mend its permissions or API_ALLOWED_IP, then retry."
    ),
    Kind.SUSPENDED: lambda text: NeedsInfo(
        f"Somebody suspended this account in the panel: {text}. Unsuspend it, then retry."
    ),
    Kind.LIMIT: lambda text: NeedsInfo(
        f"The package allows no more: {text}. Raise it in the panel, then retry."
    ),
    Kind.DISABLED: lambda text: NeedsInfo(f"The server lacks a part: {text}. Enable it, then retry."),
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
