"""The table of currencies says what ISO 4217 says."""

from __future__ import annotations

import pytest

from ezcore.kernel.currency import CURRENCIES, UnknownCurrency, currency

# fmt: off
NO_DECIMALS = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
    "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
]
# fmt: on
THREE_DECIMALS = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
FOUR_DECIMALS = ["CLF", "UYW"]


def test_the_exponents_are_those_of_the_standard():
    unusual = {code: entry.exponent for code, entry in CURRENCIES.items() if entry.exponent != 2}
    assert unusual == dict.fromkeys(NO_DECIMALS, 0) | dict.fromkeys(THREE_DECIMALS, 3) | dict.fromkeys(
        FOUR_DECIMALS, 4
    )


def test_codes_and_numbers_are_unique_and_well_formed():
    assert len({entry.numeric for entry in CURRENCIES.values()}) == len(CURRENCIES) > 150
    for code, entry in CURRENCIES.items():
        assert code == entry.code
        assert len(code) == 3
        assert code.isascii()
        assert code.isupper()
        assert len(entry.numeric) == 3
        assert entry.numeric.isdigit()
        assert entry.name


@pytest.mark.parametrize("code", ["eur", "EURO", "", "BGN", "HRK", "XAU", "XXX", None, []])
def test_what_nobody_can_be_billed_in_is_unknown(code):
    with pytest.raises(UnknownCurrency):
        currency(code)


def test_ariary_and_ouguiya_have_two_decimals_although_their_coins_are_fifths():
    assert currency("MGA").exponent == currency("MRU").exponent == 2


def test_nobody_can_change_the_table():
    with pytest.raises(TypeError):
        CURRENCIES["EUR"] = CURRENCIES["USD"]
