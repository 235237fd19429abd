"""What a currency is, and where to look one up by its code.

Source: ISO 4217 list one. The exponents are ours and frozen: other tables (CLDR, gateways) differ and move,
and an exponent that moves changes the meaning of every stored amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ezcore.kernel.currency_table import ROWS
from ezcore.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownCurrency(InvalidInput):
    """This is not the code of an active currency."""


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency of ISO 4217. ``exponent`` is the number of decimals of its minor unit."""

    code: str
    numeric: str
    exponent: int
    name: str


def _read_rows() -> dict[str, Currency]:
    """Read the text of the table; every line is code, number, exponent, name."""
    found: dict[str, Currency] = {}
    for line in ROWS.strip().splitlines():
        code, numeric, exponent, name = line.split(maxsplit=3)
        found[code] = Currency(code, numeric, int(exponent), name)
    return found


CURRENCIES: Final[Mapping[str, Currency]] = MappingProxyType(_read_rows())
"""All active currencies that have a minor unit, by code."""


def currency(code: str) -> Currency:
    """Find a currency by its three-letter code, written in capitals.

    Raises: UnknownCurrency.
    """
    try:
        return CURRENCIES[code]
    except (KeyError, TypeError):
        raise UnknownCurrency(f"{code!r} is not the code of an active currency", field="currency") from None
