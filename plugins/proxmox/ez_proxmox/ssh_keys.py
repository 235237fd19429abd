"""SSH public keys: checked before the cluster sees them, and packed the way Proxmox wants them."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

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
        blob = base64.b64decode(rest.split(" ", 1)[0], validate=True)
    except binascii.Error:
        raise ValueError("this public key is damaged") from None
    name = kind.encode()
    if blob[: 4 + len(name)] != len(name).to_bytes(4, "big") + name:
        raise ValueError("this public key is damaged")
