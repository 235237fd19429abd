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
    return make(error.text) if make else error


def _busy(text: str) -> RetryAfter:
    return RetryAfter(BACKUP_SECONDS if "(backup)" in text else BUSY_SECONDS, text)


_SIGNALS: Final[Mapping[Kind, Callable[[str], Exception]]] = {
    Kind.UNKNOWN: OutcomeUnknown,
    Kind.PERMANENT: PermanentFailure,
    Kind.BUSY: _busy,
    Kind.NOT_FOUND: lambda text: RetryAfter(MOVED_SECONDS, f"moved or removed this moment: {text}"),
    Kind.DENIED: lambda text: NeedsInfo(
        f"The cluster refuses our token: {text}. Mend its rights, then retry."
    ),
    Kind.PERSON: lambda text: NeedsInfo(f"Somebody protected this machine on purpose: {text}. May it go on?"),
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
            raise RetryAfter(BUSY_SECONDS, error.text) from error
        if error.kind is Kind.UNKNOWN:
            raise OutcomeUnknown(error.text) from error
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
