"""Where unguessable tokens and public keys come from; seeded in the simulation, which can be repeated so."""

from __future__ import annotations

import secrets
from base64 import b32encode, urlsafe_b64encode
from hashlib import sha256
from itertools import count
from typing import Final, Protocol

_KEY_BYTES: Final = 15  # 120 bits: 24 letters of base32 without padding


class Ids(Protocol):
    """What everything that needs a new id or secret is handed."""

    def token(self, nbytes: int = 32) -> str:
        """A secret, safe in addresses."""
        ...

    def key(self, prefix: str) -> str:
        """A unique name such as ``pay_mzxw6ytboi2dgmrq``: lower case, safe in host names and tags."""
        ...


class SystemIds:
    """From the operating system's source of randomness."""

    def token(self, nbytes: int = 32) -> str:
        """A secret, safe in addresses."""
        return secrets.token_urlsafe(nbytes)

    def key(self, prefix: str) -> str:
        """A unique name with this prefix."""
        return _key(prefix, secrets.token_bytes(_KEY_BYTES))


class SeededIds:
    """The same ids in the same order for the same seed; anybody can guess them: simulation and tests only."""

    def __init__(self, seed: int | str) -> None:
        self._seed = str(seed).encode()
        self._turn = count()

    def token(self, nbytes: int = 32) -> str:
        """Looks like a secret, safe in addresses."""
        return urlsafe_b64encode(self._bytes(nbytes)).rstrip(b"=").decode()

    def key(self, prefix: str) -> str:
        """A unique name with this prefix."""
        return _key(prefix, self._bytes(_KEY_BYTES))

    def _bytes(self, nbytes: int) -> bytes:
        turn = next(self._turn)
        seeds = (b"%s/%d/%d" % (self._seed, turn, block) for block in range(nbytes // 32 + 1))
        return b"".join(sha256(seed).digest() for seed in seeds)[:nbytes]


def _key(prefix: str, random: bytes) -> str:
    return f"{prefix}_{b32encode(random).decode().rstrip('=').lower()}"
