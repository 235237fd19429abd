"""Tax numbers: their shape and check digits by country (python-stdnum). Whether one is registered, a register says."""

from __future__ import annotations

from typing import Final

from stdnum import get_cc_module
from stdnum.eu.vat import MEMBER_STATES

from ezcore.kernel.errors import InvalidInput

MEMBERS: Final = frozenset(code.upper() for code in MEMBER_STATES) - {"XI"}
"""Member states of the European Union, ISO 3166-1 alpha-2."""
PREFIXES: Final = {"GR": "EL"}
"""Prefixes of VAT numbers that are not the ISO code of their country."""
_SHARED: Final = {
    "MC": "FR",
    "IM": "GB",
}  # Art. 7 of the Directive: Monaco counts as France, Man as the Kingdom
_NORTHERN_IRELAND: Final = "XI"
LONGEST: Final = 20
_SHORTEST: Final = 4


def place_of(country: str) -> str:
    """The country whose VAT applies there."""
    return _SHARED.get(country, country)


def prefix_of(country: str) -> str:
    """What a VAT number of this country begins with."""
    place = place_of(country)
    return PREFIXES.get(place, place)


def in_register(number: str, country: str) -> bool:
    """Does VIES know numbers of this kind? Those of member states, and of Northern Ireland."""
    return place_of(country) in MEMBERS or number.startswith(_NORTHERN_IRELAND)


def checked_tax_number(country: str, typed: str) -> str:
    """The number as it is kept: without blanks, with its country prefix in the Union.

    Raises: InvalidInput naming `tax_number` when the check digit is wrong, or the number is another country's.
    """
    number = "".join(typed.split()).upper().replace("-", "").replace(".", "").replace("/", "")
    if not number:
        return ""
    if len(number) > LONGEST or not number.isascii() or not number.isalnum():
        raise _wrong("This is no tax number: letters and digits only, at most 20")
    place = place_of(country)
    if place in MEMBERS:
        return _of_member(place, number)
    if place == "GB":
        prefix = _NORTHERN_IRELAND if number.startswith(_NORTHERN_IRELAND) else place
        return prefix + _valid(place, number.removeprefix(prefix))
    if number[:2] in {prefix_of(member) for member in MEMBERS} - {country} and _is_valid_vat(number):
        raise _wrong("This tax number is of another country than the one you chose")
    return _valid(country, number)


def _of_member(place: str, number: str) -> str:
    prefix = prefix_of(place)
    for tried in (number.removeprefix(prefix), number):
        if _is_valid(place, tried):
            return prefix + _compact(place, tried).removeprefix(prefix)
    if not number.startswith(prefix) and _is_valid_vat(number):
        raise _wrong("This tax number is of another country than the one you chose")
    raise _wrong(
        f"This is no valid VAT number of your country; write it like on your invoices, with {prefix}"
    )


def _valid(country: str, number: str) -> str:
    if get_cc_module(country.lower(), "vat") is None:
        if len(number) < _SHORTEST:
            raise _wrong("This tax number is too short")
    elif not _is_valid(country, number):
        raise _wrong("This is no valid tax number of your country: please check the digits")
    return _compact(country, number)


def _is_valid(country: str, number: str) -> bool:
    module = get_cc_module(country.lower(), "vat")
    return module is not None and bool(module.is_valid(number))


def _compact(country: str, number: str) -> str:
    module = get_cc_module(country.lower(), "vat")
    return str(module.compact(number)) if module is not None else number


def _is_valid_vat(number: str) -> bool:
    """A number of any member state, with its prefix."""
    country = {prefix_of(member): member for member in MEMBERS}.get(number[:2])
    return country is not None and _is_valid(country, number[2:])


def _wrong(words: str) -> InvalidInput:
    return InvalidInput(words, field="tax_number")
