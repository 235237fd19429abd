"""Encrypts secrets that live in the database and derives purpose-bound keys from `EZ_SECRET_KEYS`.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the row a secret belongs to is bound in as
associated data, so a ciphertext copied to another row does not open. Subkeys by HKDF-SHA256 (RFC 5869).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "s1"
KEY_LENGTH = 32


class CannotOpen(Exception):
    """No key of `EZ_SECRET_KEYS` opens this secret, or it was moved to another row."""


class SecretBox:
    """Seals and opens secrets. The first key writes, all keys read, so keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < KEY_LENGTH for key in keys):
            raise ValueError("EZ_SECRET_KEYS needs at least one key of 32 characters or more")
        self._keys = tuple(key.encode() for key in keys)

    def subkeys(self, purpose: str) -> tuple[bytes, ...]:
        """256-bit keys for one purpose, in the order of `EZ_SECRET_KEYS`."""
        return tuple(_derive(key, purpose) for key in self._keys)

    def seal(self, row: str, text: str) -> str:
        """Encrypt `text` for `row` (such as ``server:7:token_secret``)."""
        nonce = os.urandom(12)
        cipher = AESGCM(self.subkeys("seal")[0]).encrypt(nonce, text.encode(), row.encode())
        return f"{VERSION}.{base64.urlsafe_b64encode(nonce + cipher).decode()}"

    def open(self, row: str, sealed: str) -> str:
        """Decrypt. Raises: CannotOpen."""
        version, _, data = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(data) if version == VERSION else b""
        except ValueError as error:
            raise CannotOpen(row) from error
        for key in self.subkeys("seal"):
            try:
                return AESGCM(key).decrypt(raw[:12], raw[12:], row.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise CannotOpen(row)


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ezcore:{purpose}".encode()).derive(key)
