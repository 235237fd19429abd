"""What a plugin with a certificate authority tells the conformance suite: one fixture returns one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ezcore.plugin_api.errors import OutcomeUnknown, RetryAfter, StillRunning
from ezcore.plugin_api.ports.certificates import (
    CertificateAuthority,
    CertificateOrder,
    Challenge,
    ChallengeKind,
    IssuedCertificate,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.wsgi import SandboxApp
from ezcore.testkit.step_runner import nap

T = TypeVar("T")
TRIES = 40


@dataclass
class CertificateCase:
    """A certificate authority under test.

    `calls` names the sandbox's call behind `order`, `answer`, `finish` and `revoke`. `publish` puts the proofs where
    the authority looks for them. `issued()` counts the certificates that the authority has issued. The sandbox knows
    the fault `late_failure` on the call of `answer` (the proof is not believed) and `stale_read` on that of `finish`
    (it takes its time). `secrets` may never be seen in a log or an error.
    """

    authority: CertificateAuthority
    sandbox: SandboxApp
    calls: Mapping[str, str]
    issued: Callable[[], int]
    publish: Callable[[Sequence[Challenge]], None] = lambda _challenges: None
    wait: Callable[[float], None] = nap
    secrets: Sequence[str] = ()
    log: list[str] = field(default_factory=list)
    signals: list[Exception] = field(default_factory=list)

    def misbehave(self, kind: str, verb: str, *, times: int = 1, **args: Any) -> None:
        """Script a fault for the next call behind a verb."""
        self.sandbox.faults.script(Fault(self.calls[verb], kind, times=times, args=args))

    def call(self, key: str, handle: Any = None, attempt: int = 1) -> VendorCall:
        """What the engine would hand over."""

        def log(request: str, answer: str, status: int | None) -> None:
            self.log.append(f"{request} -> {status} {answer}")

        return VendorCall(operation_key=key, step_key=f"{key}/step", log=log, handle=handle, attempt=attempt)

    def insist(self, key: str, verb: Callable[[VendorCall], T]) -> T:
        """Repeat a verb as the engine would: until it returns, or says that trying again cannot help."""
        handle: Any = None
        for attempt in range(1, TRIES + 1):
            try:
                return verb(self.call(key, handle, attempt))
            except StillRunning as signal:
                handle = signal.handle
                self.signals.append(signal)
                self.wait(signal.check_after)
            except RetryAfter as signal:
                self.signals.append(signal)
                self.wait(signal.seconds)
            except OutcomeUnknown as signal:
                self.signals.append(signal)
                self.wait(0.01)
        raise AssertionError(f"not done after {TRIES} tries: {self.signals[-1]!r}")

    def proved(self, key: str, names: Sequence[str], prefer: ChallengeKind = "dns-01") -> CertificateOrder:
        """An order whose names are proved."""
        order = self.insist(key, lambda call: self.authority.order(call, names, prefer))
        self.publish(order.challenges)
        now = self.insist(key, lambda call: self.authority.answer(call, order))
        for _ in range(TRIES):
            if now.status not in ("pending", "processing"):
                return now
            self.wait(0.25)
            now = self.insist(key, lambda call: self.authority.check(call, order))
        raise AssertionError(f"the proofs were never looked at: {now.status}")

    def obtained(self, key: str, names: Sequence[str]) -> IssuedCertificate:
        """A certificate, from the first call to the last."""
        order = self.proved(key, names)
        csr = request_for(names)
        return self.insist(key, lambda call: self.authority.finish(call, order, csr))


def request_for(names: Sequence[str]) -> str:
    """A certificate request for a key made for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    )
    asked = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    signed = builder.add_extension(asked, critical=False).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()
