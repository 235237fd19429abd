"""The throw-away authority behind the imitation: nobody trusts it, and its key is made anew with the state."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ezcore.plugin_api.sandbox import Store

TEN_YEARS = timedelta(days=3650)


def issue(store: Store, csr: x509.CertificateSigningRequest, now: datetime, days: int) -> tuple[str, str]:
    """A chain in PEM and the serial in hex, for the names of the request."""
    ca, key = _authority(store, now)
    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    serial = secrets.randbits(127) | 1
    leaf = (
        x509.CertificateBuilder()
        .subject_name(_name(names.get_values_for_type(x509.DNSName)[0][:64]))
        .issuer_name(ca.subject)
        .public_key(csr.public_key())
        .serial_number(serial)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in (leaf, ca)), f"{serial:x}"


def _authority(store: Store, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    kept = store.get("authority", "ca") or _made(store, now)
    key: Any = serialization.load_pem_private_key(kept["key"].encode(), None)
    return x509.load_pem_x509_certificate(kept["certificate"].encode()), key


def _made(store: Store, now: datetime) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("ezcore sandbox ACME (trust nobody)")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - TEN_YEARS)
        .not_valid_after(now + TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    document = {
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    }
    store.put("authority", "ca", document)
    return document


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
