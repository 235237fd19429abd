"""Turns errors of the cluster into what a job step says to the engine: wait, ask, give up, look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Final, TypeVar

from ez_proxmox.errors import Kind, ProxmoxError
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

T = TypeVar("T")
MOVED_SECONDS: Final = 5.0
BUSY_SECONDS: Final = 30.0
BACKUP_SECONDS: Final = 300.0


def signal_of(error: ProxmoxError) -> Exception:
    """What to raise for an error of the cluster; errors of no special kind count as a failed try."""
    make = _SIGNALS.get(error.kind)
    return make(error) if make else error


def _unknown(error: ProxmoxError) -> OutcomeUnknown:
    return OutcomeUnknown(error.text, unreachable=error.away)


def _busy(error: ProxmoxError) -> RetryAfter:
    seconds = BACKUP_SECONDS if "(backup)" in error.text else BUSY_SECONDS
    return RetryAfter(seconds, error.text, unreachable=error.away)


def _soon(error: ProxmoxError) -> RetryAfter:
    return RetryAfter(MOVED_SECONDS, error.text, unreachable=error.away)


_SIGNALS: Final[Mapping[Kind, Callable[[ProxmoxError], Exception]]] = {
    Kind.UNKNOWN: _unknown,
    Kind.UNREACHABLE: _soon,
    Kind.PERMANENT: lambda error: PermanentFailure(error.text),
    Kind.BUSY: _busy,
    Kind.NOT_FOUND: lambda error: RetryAfter(MOVED_SECONDS, f"moved or removed this moment: {error.text}"),
    Kind.DENIED: lambda error: NeedsInfo(
        f"The cluster refuses our token: {error.text}. Mend its rights, then retry."
    ),
    Kind.PERSON: lambda error: NeedsInfo(
        f"Somebody protected this machine on purpose: {error.text}. May it go on?"
    ),
}


@contextmanager
def telling() -> Iterator[None]:
    """Outside of steps: the cluster's errors as what the core understands.

    Raises: PermanentFailure (refused), RetryAfter (busy, unreachable), OutcomeUnknown.
    """
    try:
        yield
    except ProxmoxError as error:
        if error.kind in (Kind.UNREACHABLE, Kind.NOT_FOUND, Kind.BUSY):
            raise RetryAfter(BUSY_SECONDS, error.text, unreachable=error.away) from error
        if error.kind is Kind.UNKNOWN:
            raise _unknown(error) from error
        raise PermanentFailure(error.text) from error


def speaking(run: Callable[..., T]) -> Callable[..., T]:
    """Let a step of the module raise signals instead of the cluster's errors."""

    @wraps(run)
    def step(module: object, call: ProvisioningCall) -> T:
        try:
            return run(module, call)
        except ProxmoxError as error:
            raise signal_of(error) from error

    return step
