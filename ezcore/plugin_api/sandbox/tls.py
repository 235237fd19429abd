"""The sandboxes' own certificate authority, made at first start trusted by path: certificate checks stay on.

Keys are EC P-256; files are written with mode 0600. Server certificates are for 127.0.0.1, ::1, localhost.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ezcore.kernel.clock import Clock, SystemClock

if TYPE_CHECKING:
    from pathlib import Path

_CA_DAYS, _SERVER_DAYS, _RENEW_DAYS = 3650, 365, 30


@dataclass(frozen=True)
class CaFiles:
    """Where the authority's certificate (to be trusted by path) and its key are."""

    certificate: Path
    key: Path


def make_ca(folder: Path, clock: Clock | None = None) -> CaFiles:
    """The authority of this folder; made when there is none or the old one is about to run out."""
    files = CaFiles(folder / "sandbox-ca.pem", folder / "sandbox-ca.key")
    now = (clock or SystemClock()).now()
    if _is_fresh(files.certificate, now) and files.key.exists():
        return files
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("ezcore sandbox authority (this machine only)")
    builder = _builder(name, name, key, now, _CA_DAYS).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    _write(files.key, _key_bytes(key))
    _write(files.certificate, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return files


def server_context(folder: Path, clock: Clock | None = None) -> ssl.SSLContext:
    """A TLS context for a server on loopback, with a new certificate of the folder's authority."""
    certificate, key = _new_pair(folder, clock)
    # One file per process: two sandboxes that start together must not read each other's half.
    pair = folder / f"sandbox-server-{os.getpid()}-{certificate.serial_number:x}.pem"
    _write(pair, _key_bytes(key) + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    pair.unlink()
    return context


def server_pair(folder: Path, clock: Clock | None = None) -> tuple[Path, Path]:
    """Files of a certificate and its key, for a program that is not ours but serves on loopback in tests."""
    certificate, key = _new_pair(folder, clock)
    files = folder / "sandbox-server.pem", folder / "sandbox-server.key"
    _write(files[0], certificate.public_bytes(serialization.Encoding.PEM))
    _write(files[1], _key_bytes(key))
    return files


def _new_pair(folder: Path, clock: Clock | None) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    files = make_ca(folder, clock)
    ca = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    ca_key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{files.key} holds no EC key; delete the folder to make a new authority")
    key = ec.generate_private_key(ec.SECP256R1())
    return _server_certificate(ca, ca_key, key, (clock or SystemClock()).now()), key


def _server_certificate(
    ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
    )
    builder = (
        _builder(_name("localhost"), ca.subject, key, now, _SERVER_DAYS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
    )
    return builder.sign(ca_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _is_fresh(path: Path, now: datetime) -> bool:
    if not path.exists():
        return False
    until = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    return until - now > timedelta(days=_RENEW_DAYS)


def _write(path: Path, content: bytes) -> None:
    scratch = path.with_suffix(f".{os.getpid()}.tmp")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    scratch.replace(path)
