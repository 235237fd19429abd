"""The certificate authority `acme`: every verb looks at the order first, so every verb may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from acme import messages
from cryptography import x509
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ez_acme.accounts import Accounts
from ez_acme.client import Client, RemoteOrder
from ez_acme.errors import NotReady
from ez_acme.models import OpenOrder
from ez_acme.reading import issued, order_facts, why
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, StillRunning
from ezcore.plugin_api.ports.certificates import (
    CertificateAuthority,
    CertificateOrder,
    ChallengeKind,
    IssuedCertificate,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall

CHECK_AFTER = 5.0


def silent(_request: str, _answer: str, _status: int | None) -> None:
    """A log for calls outside a job."""


@dataclass
class AcmeAuthority(CertificateAuthority):
    """One account at one RFC 8555 authority."""

    accounts: Accounts

    name: ClassVar[str] = "acme"
    label: ClassVar[str] = "ACME"
    challenges: ClassVar[frozenset[ChallengeKind]] = frozenset({"dns-01", "http-01"})

    def test_connection(self) -> str:
        """Is it reachable and is our account good? Registers the account when there is none."""
        with self.accounts.session(silent) as client:
            account = client.net.account
            assert account is not None
            state = client.query_registration(account).body.status
        settings = self.accounts.settings()
        if state is not None and str(getattr(state, "name", state)) != "valid":
            raise PermanentFailure(f"our account at {settings.directory_url} is {state}")
        return f"our account at {settings.directory_url} is good"

    def order(self, call: VendorCall, names: Sequence[str], prefer: ChallengeKind) -> CertificateOrder:
        """Open an order, or go on with the one this job opened. One that is over for good is never answered again."""
        with self.accounts.session(call.log) as client:
            url = call.handle if isinstance(call.handle, str) else self._known(call.operation_key)
            found = self._usable(client, url, names) if url else None
            if found is None:
                found = client.open_order(sorted(names))
                self._remember(call.operation_key, found.url)
            return self._facts(client, found, prefer)

    def answer(self, call: VendorCall, order: CertificateOrder) -> CertificateOrder:
        """Ask for validation of what is still pending; a proof that failed is not asked for again."""
        with self.accounts.session(call.log) as client:
            now = client.read_order(order.url)
            wanted = {challenge.url for challenge in order.challenges}
            for url in now.body.authorizations:
                proof = client.read_authorization(url)
                if proof.status == messages.STATUS_INVALID:
                    raise PermanentFailure(f"the authority does not believe us: {why(now, [proof])}")
                for body in proof.challenges if proof.status == messages.STATUS_PENDING else ():
                    if body.uri in wanted and body.status == messages.STATUS_PENDING:
                        client.answer(body.uri, body.chall.response(client.key))
            return self._facts(client, client.read_order(order.url), _preference(order))

    def check(self, call: VendorCall, order: CertificateOrder) -> CertificateOrder:
        """How it stands now."""
        with self.accounts.session(call.log) as client:
            return self._facts(client, client.read_order(order.url), _preference(order))

    def finish(self, call: VendorCall, order: CertificateOrder, csr_pem: str) -> IssuedCertificate:
        """Hand in the request once, then wait and fetch the chain."""
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        try:
            with self.accounts.session(call.log) as client:
                now = client.read_order(order.url)
                if now.body.status == messages.STATUS_READY:
                    client.finalize(now.body.finalize, csr)
                    now = client.read_order(order.url)
                return self._fetched(client, now, csr, order.names)
        except NotReady as wait:
            raise StillRunning(CHECK_AFTER, order.url, f"not ready at the authority: {wait}") from None

    def revoke(self, call: VendorCall, chain_pem: str, reason: int) -> None:
        """Declare it invalid; one that is revoked already is done."""
        leaf = x509.load_pem_x509_certificates(chain_pem.encode())[0]
        try:
            with self.accounts.session(call.log) as client:
                client.revoke_certificate(leaf, reason)
        except PermanentFailure as refusal:
            if "already" not in refusal.reason.lower():
                raise

    def _fetched(
        self, client: Client, now: RemoteOrder, csr: x509.CertificateSigningRequest, names: Sequence[str]
    ) -> IssuedCertificate:
        status = now.body.status
        if status == messages.STATUS_INVALID:
            proofs = [client.read_authorization(url) for url in now.body.authorizations]
            raise PermanentFailure(f"the authority refuses to issue: {why(now, proofs)}")
        if status != messages.STATUS_VALID or not now.body.certificate:
            wait = client.network.retry_after or CHECK_AFTER
            raise StillRunning(wait, now.url, "the authority is issuing the certificate")
        return issued(client.chain(now.body.certificate), csr, names)

    def _facts(self, client: Client, order: RemoteOrder, prefer: ChallengeKind) -> CertificateOrder:
        proofs = [client.read_authorization(url) for url in order.body.authorizations]
        return order_facts(order, proofs, client.key, prefer)

    def _usable(self, client: Client, url: str, names: Sequence[str]) -> RemoteOrder | None:
        """The order of this address, unless it is over, forgotten, or about other names."""
        try:
            found = client.read_order(url)
        except messages.Error as error:
            if error.code in ("malformed", "unauthorized") or error.code is None:
                return None
            raise
        if {identifier.value for identifier in found.body.identifiers} != set(names):
            return None
        return None if found.body.status == messages.STATUS_INVALID else found

    def _known(self, operation_key: str) -> str | None:
        with self.accounts.context.tables() as session:
            return session.scalar(select(OpenOrder.url).where(OpenOrder.operation_key == operation_key))

    def _remember(self, operation_key: str, url: str) -> None:
        """Write the order down before anything is done with it."""
        now = self.accounts.context.clock.now()
        with self.accounts.context.tables() as session:
            changed = session.execute(
                update(OpenOrder)
                .where(OpenOrder.operation_key == operation_key)
                .values(url=url, opened_at=now)
            )
            if changed.rowcount:  # type: ignore[attr-defined]
                return
        try:
            with self.accounts.context.tables() as session:
                session.add(OpenOrder(operation_key=operation_key, url=url, opened_at=now))
        except IntegrityError:
            raise OutcomeUnknown(
                "two workers opened an order for one job; the first one counts", unreachable=False
            ) from None


def _preference(order: CertificateOrder) -> ChallengeKind:
    return "http-01" if order.facts.get("prefer") == "http-01" else "dns-01"
