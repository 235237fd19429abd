"""Passwords: kept exactly as typed, judged by zxcvbn, stored as argon2id.

Parameters: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB, 2 passes, 1 lane: a login costs
tens of milliseconds and little memory, so that many of them at once do not exhaust the machine.
"""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from ezcore.accounts.errors import WeakPassword

SHORTEST: Final = 10
SHORTEST_FOR_STAFF: Final = 12  # ASVS 5.0 2.1, as cut in our own checklist
LONGEST: Final = 128
_LOWEST_SCORE: Final = 2
_JUDGED: Final = 72  # zxcvbn reads no more; the rest can only make a password better

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY: Final = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """What is stored. Takes tens of milliseconds on purpose: never inside a writing transaction."""
    return _HASHER.hash(password.encode(errors="surrogatepass"))


def is_right(stored: str | None, password: str) -> bool:
    """True when the password opens the stored hash. As much work for a user who does not exist."""
    try:
        right = _HASHER.verify(stored or _NOBODY, password[: LONGEST + 1].encode(errors="surrogatepass"))
    except InvalidHashError:
        return is_right(None, password)  # no password opens this account: as slow as a wrong one
    except VerificationError:
        return False
    return right and stored is not None and len(password) <= LONGEST


def is_outdated(stored: str) -> bool:
    """True when it was hashed with parameters we no longer use."""
    return _HASHER.check_needs_rehash(stored)


def check_strength(password: str, *, about: tuple[str, ...], shortest: int = SHORTEST) -> None:
    """Refuse what is guessed easily; `about` is what an attacker knows of the user. Raises: WeakPassword."""
    if len(password) < shortest:
        raise WeakPassword(f"Use at least {shortest} characters", field="password")
    if len(password) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST} characters", field="password")
    verdict = zxcvbn(password[:_JUDGED], user_inputs=_pieces(about))
    if verdict["score"] < _LOWEST_SCORE:
        warning = str(verdict["feedback"]["warning"] or "This password is too easy to guess.")
        raise WeakPassword(f"{warning} Add a word or two that nobody would expect.", field="password")


def _pieces(about: tuple[str, ...]) -> list[str]:
    words = [text for text in about if text]
    return [*words, *(piece for text in words for piece in text.replace("@", " ").replace(".", " ").split())]
