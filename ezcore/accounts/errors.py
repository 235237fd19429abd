"""What accounts refuse, in words that tell a stranger nothing about who has an account."""

from __future__ import annotations

from ezcore.kernel.errors import InvalidInput, Refused


class WrongLogin(InvalidInput):
    """The e-mail address or the password is not right."""


class WrongPassword(InvalidInput):
    """That is not your current password."""


class WeakPassword(InvalidInput):
    """This password is too easy to guess."""


class LinkNotGood(InvalidInput):
    """This link was used already, is too old, or was never ours. Ask for a new one."""


class TooManyTries(Refused):
    """Too many tries; wait a little. The web answers it with 429 and Retry-After."""

    def __init__(self, seconds: int) -> None:
        minutes = max(1, -(-seconds // 60))
        super().__init__(f"Too many tries. Please wait {minutes} minute{'s' if minutes > 1 else ''}.")
        self.retry_after = seconds


class WrongCode(InvalidInput):
    """This code is not right, or was used already."""
