"""SSH public keys: checked before the cluster sees them, and packed the way Proxmox wants them."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import quote

WEAKEST_RSA: Final = 2048  # bits; what OpenSSH itself makes at least
FIXED: Final = {
    "ssh-ed25519": 32,
    "sk-ssh-ed25519@openssh.com": 32,
}  # bytes of a key that has one length only

KINDS = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    }
)


def checked_ssh_keys(text: str) -> list[str]:
    """The keys, one per line, without options.

    Raises: ValueError when a line is not a public key (a private key never gets further than this).
    """
    keys = [line.strip() for line in text.splitlines() if line.strip()]
    for key in keys:
        _check(key)
    return keys


def packed(keys: list[str]) -> str:
    """The value of `sshkeys`: percent-encoded here, and again by the form encoding of the client library."""
    return quote("\n".join(keys), safe="")


def _check(key: str) -> None:
    kind, _, rest = key.partition(" ")
    if kind not in KINDS or not rest or not key.isprintable():
        raise ValueError("each line is one public key that starts with its kind, such as ssh-ed25519")
    try:
        parts = _parts(base64.b64decode(rest.split(" ", 1)[0], validate=True))
    except binascii.Error:
        parts = []
    if len(parts) < 2 or parts[0] != kind.encode() or len(parts[1]) != FIXED.get(kind, len(parts[1])):  # noqa: PLR2004 - its kind and the key
        raise ValueError("this public key is damaged")
    if kind == "ssh-rsa" and int.from_bytes(parts[-1], "big").bit_length() < WEAKEST_RSA:
        raise ValueError(f"this RSA key is too short: it needs {WEAKEST_RSA} bits, better use ssh-ed25519")


def _parts(blob: bytes) -> list[bytes]:
    """The strings of a key (RFC 4253, 6.6), each after its length; nothing when they do not fill it exactly."""
    parts, rest = [], blob
    while rest:
        size = int.from_bytes(rest[:4], "big")
        if len(rest) < 4 + size:
            return []
        parts.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return parts
