"""Checks and prints account numbers, so that a typing error never reaches an invoice.

Source: ISO 13616-1 (country, two check digits, up to 30 letters and digits; electronic format without
spaces, print format in groups of four) with the check digits of ISO 7064, MOD 97-10.
"""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_MODULUS = 97


def read_iban(text: str) -> str:
    """The electronic format of an account number, typed with or without spaces. Raises: ValueError."""
    iban = "".join(text.split()).upper()
    if not _SHAPE.fullmatch(iban):
        raise ValueError("write an IBAN such as EE38 2200 2210 2014 5685")
    if _remainder(iban) != 1:
        raise ValueError("the check digits of this IBAN are wrong; is there a typing error?")
    return iban


def print_iban(iban: str) -> str:
    """The print format: groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _remainder(iban: str) -> int:
    # The first four characters go to the end; letters count from A = 10 to Z = 35.
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % _MODULUS
