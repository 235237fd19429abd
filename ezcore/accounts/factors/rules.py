"""Pure rules of the second factor: one-time codes by the clock, recovery codes as people type them."""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import pyotp

PERIOD: Final = 30
DIGITS: Final = 6
_DRIFT: Final = (0, -1, 1)
"""Steps beside the present one that are taken: clocks of phones are half a minute wrong at times."""
RECOVERY_CODES: Final = 10
STEP_FOR: Final = timedelta(minutes=10)
"""How long one who knew the password may look for the phone."""
TRIES_PER_STEP: Final = 5
_SECRET_BYTES: Final = 20  # RFC 4226 section 4, R6
_CODE_LETTERS: Final = 16  # 80 bits
_NOT_CODE: Final = re.compile(r"[\s-]+")
LONGEST_CODE: Final = 40


def secret_from(token: str) -> str:
    """The secret of an app, in base32, from a random token."""
    return b32encode(sha256(token.encode()).digest()[:_SECRET_BYTES]).decode()


def recovery_code_from(token: str) -> str:
    """A recovery code as it is shown, four by four, from a random token."""
    letters = b32encode(sha256(token.encode()).digest()).decode().lower()[:_CODE_LETTERS]
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LETTERS, 4))


def bare(typed: str) -> str:
    """A code without the spaces and hyphens that people and apps put into it."""
    return _NOT_CODE.sub("", typed[:LONGEST_CODE]).lower()


def is_one_time_code(code: str) -> bool:
    """Does it look like a code of an app?"""
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step whose code this is, if it is later than `after`; None for a wrong or used one.

    Every step is compared, in the same time whichever fits.
    """
    present, made = int(now.timestamp()) // PERIOD, pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD)
    fitting = [
        present + drift
        for drift in _DRIFT
        if hmac.compare_digest(made.generate_otp(present + drift).encode(), code.encode())
    ]
    return next((step for step in fitting if step > after), None)


def address_for_apps(secret: str, email: str, shop: str) -> str:
    """What the QR code says: ``otpauth://totp/...``, as apps read it."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD).provisioning_uri(name=email, issuer_name=shop)
