"""A typing error in an account number is found before a client pays to it."""

from __future__ import annotations

import pytest
from ez_banktransfer.iban import print_iban, read_iban
from hypothesis import given
from hypothesis import strategies as st

# Examples printed in the registry of ISO 13616.
GOOD = [
    "EE38 2200 2210 2014 5685",
    "DE89 3704 0044 0532 0130 00",
    "GB29 NWBK 6016 1331 9268 19",
    "NO93 8601 1117 947",
]


@pytest.mark.parametrize("iban", GOOD)
def test_a_good_number_is_read_in_any_spacing_and_case_and_printed_in_fours(iban):
    assert print_iban(read_iban(iban.lower().replace(" ", ""))) == iban


@pytest.mark.parametrize(
    "text", ["", "EE38", "EE38 2200 2210 2014 568X 1", "3822 0022 1020 1456 85", "EE٣٨2200221020145685"]
)
def test_what_is_no_account_number_is_refused(text):
    with pytest.raises(ValueError, match="IBAN"):
        read_iban(text)


@given(st.sampled_from(GOOD), st.integers(4, 14), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(iban, place, by):
    number = iban.replace(" ", "")
    if not number[place].isdigit():
        return
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(ValueError, match="check digits"):
        read_iban(wrong)


@given(st.sampled_from(GOOD), st.integers(4, 13))
def test_two_neighbours_exchanged_are_always_found(iban, place):
    number = iban.replace(" ", "")
    if number[place] == number[place + 1]:
        return
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(ValueError, match="check digits"):
        read_iban(wrong)
