"""Keys and requests: made here, or the client's own request read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ezcore.domain_names.certificates.rules import parse_names
from ezcore.kernel.errors import InvalidInput

RSA_BITS: Final = 2048
LONGEST_CSR: Final = 32_768
CURVES: Final = ("secp256r1", "secp384r1")


def make_key(kind: str) -> str:
    """A new private key in PEM: `ec` (P-256) or `rsa` (2048 bits, for old devices)."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    key = (
        rsa.generate_private_key(65537, RSA_BITS)
        if kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def make_request(key_pem: str, names: Sequence[str]) -> str:
    """A certificate request in PEM for these names; they stand in the alternative names only (CA/B 7.1.4)."""
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("a certificate's key is RSA or EC")
    asked = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = builder.add_extension(asked, critical=True).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def read_request(pem: str, field: str = "csr") -> tuple[str, ...]:
    """The names of a client's own request. Raises: InvalidInput naming the field."""
    if "PRIVATE KEY" in pem:
        raise InvalidInput(
            "this holds a private key: keep it to yourself and send only the request", field=field
        )
    if len(pem) > LONGEST_CSR:
        raise InvalidInput("a certificate request is not that long", field=field)
    try:
        csr = x509.load_pem_x509_csr(pem.strip().encode())
        named = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = named.get_values_for_type(x509.DNSName)
        genuine, key = csr.is_signature_valid, csr.public_key()
    except x509.ExtensionNotFound:
        raise InvalidInput("the request names no host (subjectAltName)", field=field) from None
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        raise InvalidInput("this is no certificate request in PEM", field=field) from None
    if not genuine:
        raise InvalidInput("the request's own signature is wrong", field=field)
    strong = isinstance(key, rsa.RSAPublicKey) and RSA_BITS <= key.key_size <= 2 * RSA_BITS
    if not strong and not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES):
        raise InvalidInput("use an RSA key of 2048 to 4096 bits, or an EC key on P-256 or P-384", field=field)
    return parse_names(" ".join(names), field)
