"""What the cases of DNS providers and registrars share: a vendor with faults, and the engine's patience."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from ezcore.plugin_api.errors import OutcomeUnknown, RetryAfter, StepSignal, StillRunning
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.wsgi import SandboxApp
from ezcore.testkit.step_runner import nap

T = TypeVar("T")
TRIES = 40
PERMISSION_REFUSED: Mapping[str, Any] = {"status": 403, "body": {"error": "forbidden"}}


@dataclass(kw_only=True)
class VendorCase:
    """A vendor under test.

    `calls` names the sandbox's call behind each verb of the port. `forbidden` are the arguments of the fault `error`
    that make the vendor say "your credential is good, but may not do this". `wait` lets the vendor's time pass.
    `secrets` may never be seen in a log or an error. `over_http` is False for a vendor who is spoken to otherwise (EPP)
    and so cannot send us to another host.
    """

    sandbox: SandboxApp
    calls: Mapping[str, str]
    forbidden: Mapping[str, Any] = field(default_factory=lambda: dict(PERMISSION_REFUSED))
    wait: Callable[[float], None] = nap
    secrets: Sequence[str] = ()
    over_http: bool = True
    log: list[str] = field(default_factory=list)
    signals: list[StepSignal] = field(default_factory=list)

    def misbehave(self, kind: str, verb: str, *, times: int = 1, **args: Any) -> None:
        """Script a fault for the next call behind a verb."""
        self.sandbox.faults.script(Fault(self.calls[verb], kind, times=times, args=args))

    def needs_http(self) -> None:
        """Skips a test of what only HTTP has."""
        if not self.over_http:
            pytest.skip("this vendor is not spoken to over HTTP: it has no redirects")

    def asked(self, verb: str) -> int:
        """How often the call behind a verb has reached the vendor."""
        return len(self.sandbox.calls.all(self.calls[verb]))

    def call(self, key: str, handle: Any = None, attempt: int = 1, answer: str | None = None) -> VendorCall:
        """What the engine would hand over."""

        def log(request: str, said: str, status: int | None) -> None:
            self.log.append(f"{request} -> {status} {said}")

        return VendorCall(
            operation_key=key, step_key=f"{key}/step", log=log, handle=handle, attempt=attempt, answer=answer
        )

    def insist(self, key: str, verb: Callable[[VendorCall], T], *, doubled: bool = False) -> T:
        """Repeat a verb as the engine would: until it returns, or says that trying again cannot help.

        With `doubled` it is run once more after it was done, as when a process dies before it could say so.
        """
        handle: Any = None
        for attempt in range(1, TRIES + 1):
            try:
                done = verb(self.call(key, handle, attempt))
            except StillRunning as signal:
                handle = signal.handle
                self._felt(signal, signal.check_after)
            except RetryAfter as signal:
                self._felt(signal, signal.seconds)
            except OutcomeUnknown as signal:
                self._felt(signal, 0.01)
            else:
                if not doubled:
                    return done
                doubled = False
        raise AssertionError(f"not done after {TRIES} tries: {self.signals[-1]!r}")

    def read(self, ask: Callable[[], T]) -> T:
        """Repeat a question until it is answered."""
        return self.insist("nobody", lambda _call: ask())

    def everything_said(self) -> str:
        """What staff would read: the request log and the causes."""
        return "\n".join([*self.log, *map(repr, self.signals)])

    def _felt(self, signal: StepSignal, seconds: float) -> None:
        self.signals.append(signal)
        self.wait(seconds)
