"""Certificates in PEM: split a chain, read a serial number. Standard library only."""

from __future__ import annotations

import re
import ssl
from typing import Final

BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
SEQUENCE: Final = 0x30
INTEGER: Final = 0x02
VERSION: Final = 0xA0
LONG: Final = 0x80


def split_chain(chain_pem: str) -> tuple[str, str]:
    """The certificate of the site, and those of the authority above it. Raises: ValueError when there is none."""
    blocks = BLOCK.findall(chain_pem)
    if not blocks:
        raise ValueError("the chain holds no certificate")
    return blocks[0], "\n".join(blocks[1:])


def serial_of(pem: str) -> str:
    """The serial number of the first certificate, in lower case hexadecimal. Raises: ValueError."""
    certificate, _ = split_chain(pem)
    der = ssl.PEM_cert_to_DER_cert(certificate)
    outer, _ = _value(der, SEQUENCE)
    fields, _ = _value(outer, SEQUENCE)
    if fields[:1] == bytes([VERSION]):
        _, fields = _value(fields, VERSION)
    serial, _ = _value(fields, INTEGER)
    return f"{int.from_bytes(serial, 'big'):x}"


def _value(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element (X.690), and what comes after it."""
    if len(der) < 2 or der[0] != tag:  # noqa: PLR2004 - tag and length
        raise ValueError("the certificate is damaged")
    size, start = der[1], 2
    if size & LONG:
        start = 2 + (size & ~LONG)
        size = int.from_bytes(der[2:start], "big")
    if len(der) < start + size:
        raise ValueError("the certificate is damaged")
    return der[start : start + size], der[start + size :]
