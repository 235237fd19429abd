"""Turns what the authority answers into the port's facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from acme import challenges, messages
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from josepy.jwk import JWK

from ez_acme.client import RemoteOrder
from ez_acme.errors import said
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.ports.certificates import CertificateOrder, Challenge, ChallengeKind, IssuedCertificate

STATES: Final = frozenset({"pending", "ready", "processing", "valid", "invalid"})


def order_facts(
    order: RemoteOrder, proofs: Sequence[messages.Authorization], key: JWK, prefer: ChallengeKind
) -> CertificateOrder:
    """The order with a challenge for each name that still needs one. Raises: PermanentFailure (no way to prove)."""
    status = order.body.status.name
    if status not in STATES:
        raise OutcomeUnknown(
            f"the authority names a state that is not known: {status[:40]!r}", unreachable=False
        )
    waiting = [proof for proof in proofs if proof.status == messages.STATUS_PENDING]
    return CertificateOrder(
        url=order.url,
        names=tuple(sorted(identifier.value for identifier in order.body.identifiers)),
        status=cast("Any", status),
        challenges=tuple(_challenge(proof, key, prefer) for proof in waiting) if status == "pending" else (),
        error=why(order, proofs) if status == "invalid" else "",
        facts={
            "authorizations": list(order.body.authorizations),
            "finalize": order.body.finalize,
            "certificate": order.body.certificate,
            "prefer": prefer,
        },
    )


def _challenge(proof: messages.Authorization, key: JWK, prefer: ChallengeKind) -> Challenge:
    offered = {body.chall.typ: body for body in proof.challenges}
    body = offered.get(prefer) or offered.get("dns-01") or offered.get("http-01")
    name = proof.identifier.value
    if body is None:
        raise PermanentFailure(f"the authority offers no way we know to prove {name}")
    chall = body.chall
    if isinstance(chall, challenges.DNS01):
        return Challenge(
            kind="dns-01",
            domain=name,
            url=body.uri,
            token=chall.encode("token"),
            value=chall.validation(key),
            record_name=chall.validation_domain_name(name),
        )
    assert isinstance(chall, challenges.HTTP01)
    return Challenge(
        kind="http-01",
        domain=name,
        url=body.uri,
        token=chall.encode("token"),
        value=chall.validation(key),
        path=chall.path,
    )


def why(order: RemoteOrder, proofs: Sequence[messages.Authorization]) -> str:
    """The authority's sentences about what it did not believe."""
    found = [
        f"{proof.identifier.value}: {said(body.error)}"
        for proof in proofs
        for body in proof.challenges or ()
        if body.error is not None
    ]
    if not found and order.body.error is not None:
        found.append(said(order.body.error))
    return "; ".join(found)[:800] or "the authority gives no reason"


def issued(chain_pem: str, csr: x509.CertificateSigningRequest, names: Sequence[str]) -> IssuedCertificate:
    """What the chain says. Raises: OutcomeUnknown (unreadable), PermanentFailure (not what was asked for)."""
    try:
        chain = x509.load_pem_x509_certificates(chain_pem.encode())
        leaf = chain[0]
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        raise OutcomeUnknown("the authority's chain cannot be read", unreachable=False) from None
    covered = {name.lower() for name in found.get_values_for_type(x509.DNSName)}
    if not set(names) <= covered:
        raise PermanentFailure(f"the issued certificate lacks {', '.join(sorted(set(names) - covered))}")
    if _public(leaf.public_key()) != _public(csr.public_key()):
        raise PermanentFailure("the issued certificate is for another key")
    return IssuedCertificate(
        chain_pem="".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in chain),
        serial=f"{leaf.serial_number:x}",
        issuer=leaf.issuer.rfc4514_string()[:200],
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
    )


def _public(key: Any) -> bytes:
    return cast(
        "bytes",
        key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    )
