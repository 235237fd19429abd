"""Ports of certificates: who issues them, and where they are installed.

Names are lower case A-labels; a wildcard is `*.example.com`. Key and chain are PEM. Verbs run as steps of durable jobs
and may raise the signals of `ezcore.plugin_api.errors`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.values import Facts, Resource

ChallengeKind = Literal["dns-01", "http-01"]


class Challenge(Facts):
    """How to prove one name: a TXT record `record_name` with `value`, or `value` at `path` on the host."""

    kind: ChallengeKind
    domain: str
    url: str
    token: str
    value: str
    record_name: str = ""
    path: str = ""


class CertificateOrder(Facts):
    """An order at the authority: `url` finds it again; JSON only, so that it can be stored between steps."""

    url: str
    names: tuple[str, ...]
    status: Literal["pending", "ready", "processing", "valid", "invalid"]
    challenges: tuple[Challenge, ...] = ()
    error: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)


class IssuedCertificate(Facts):
    """What was issued; times in UTC."""

    chain_pem: str
    serial: str
    issuer: str
    not_before: datetime
    not_after: datetime


class CertificateAuthority(ABC):
    """Issues certificates; described by its plugin's settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    challenges: ClassVar[frozenset[ChallengeKind]]

    @abstractmethod
    def test_connection(self) -> str:
        """Is it reachable and is our account good? A sentence for staff."""

    @abstractmethod
    def order(self, call: VendorCall, names: Sequence[str], prefer: ChallengeKind) -> CertificateOrder:
        """Open an order, or find the one that `call.handle` names; one challenge per name that needs one."""

    @abstractmethod
    def answer(self, call: VendorCall, order: CertificateOrder) -> CertificateOrder:
        """The proofs are in place: ask for validation. Never repeated for a challenge that failed."""

    @abstractmethod
    def check(self, call: VendorCall, order: CertificateOrder) -> CertificateOrder:
        """How it stands now. `invalid` carries the authority's sentence in `error`."""

    @abstractmethod
    def finish(self, call: VendorCall, order: CertificateOrder, csr_pem: str) -> IssuedCertificate:
        """Send the request, wait (StillRunning while processing), fetch the chain."""

    def revoke(self, call: VendorCall, chain_pem: str, reason: int) -> None:
        """Declare it invalid; `reason` as in RFC 5280 5.3.1."""
        raise NotImplementedError


class CertificateTarget(ABC):
    """Where a certificate is installed: a panel that hosts the site. Named like its provisioning module."""

    name: ClassVar[str]

    @abstractmethod
    def install(
        self,
        call: VendorCall,
        server: ServerFacts,
        resource: Resource,
        host: str,
        key_pem: str,
        chain_pem: str,
    ) -> None:
        """Serve `host` with this key and chain; already so is done."""

    @abstractmethod
    def installed_serial(self, server: ServerFacts, resource: Resource, host: str) -> str | None:
        """Serial of what is served now; None when there is none."""

    def publish_proof(
        self, call: VendorCall, server: ServerFacts, resource: Resource, host: str, path: str, value: str
    ) -> None:
        """Put an http-01 proof under the site's document root."""
        raise NotImplementedError

    def withdraw_proof(
        self, call: VendorCall, server: ServerFacts, resource: Resource, host: str, path: str
    ) -> None:
        """Take it away again; not found is done."""
        raise NotImplementedError
