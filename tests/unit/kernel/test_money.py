"""Money never mixes currencies, never rounds in silence and never loses a unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.currency import CURRENCIES, UnknownCurrency
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import CurrencyMismatch, Money, Rate

codes = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(min_value=-(10**15), max_value=10**15)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any)


@given(minors, codes)
def test_what_is_printed_can_be_read_back(minor, code):
    money = Money(minor, code)
    amount, printed_code = str(money).split()
    assert Money.parse(amount, printed_code) == money


@pytest.mark.parametrize(
    ("minor", "code", "printed"),
    [
        (1250, "EUR", "12.50 EUR"),
        (-5, "EUR", "-0.05 EUR"),
        (1250, "JPY", "1250 JPY"),
        (1, "KWD", "0.001 KWD"),
        (7, "CLF", "0.0007 CLF"),
    ],
)
def test_an_amount_prints_with_the_decimals_of_its_currency(minor, code, printed):
    assert str(Money(minor, code)) == printed


@pytest.mark.parametrize(
    "text",
    ["", "1,50", "1e3", "NaN", "Infinity", "0x10", "1_000", "٣", "--1", "1.", ".5", "12.505", "9" * 20],
)
def test_text_that_is_no_plain_amount_in_euro_is_refused(text):
    with pytest.raises(InvalidInput):
        Money.parse(text, "EUR")


def test_zeros_beyond_the_decimals_of_a_currency_change_nothing():
    assert Money.parse("12.5000", "EUR") == Money(1250, "EUR")
    assert Money.parse("700.00", "JPY") == Money(700, "JPY")


def test_a_float_cannot_become_money():
    for wrong in (12.5, True, "12", Decimal(12)):
        with pytest.raises(TypeError):
            Money(wrong, "EUR")
    with pytest.raises(TypeError):
        Money(1, "EUR").times(1.5)
    with pytest.raises(TypeError):
        Rate(1.5, "EUR")


def test_two_currencies_never_meet():
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    for mix in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen, lambda: euro >= yen):
        with pytest.raises(CurrencyMismatch):
            mix()
    with pytest.raises(CurrencyMismatch):
        Money.total([euro, yen], "EUR")
    assert euro != yen


def test_money_does_not_add_up_with_bare_numbers():
    with pytest.raises(TypeError):
        Money(1, "EUR") + 1


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        Money(1, "eur")


def test_an_amount_that_no_database_column_holds_is_refused():
    with pytest.raises(InvalidInput):
        Money(2**63, "EUR")


@given(st.lists(minors, max_size=20), codes)
def test_a_total_is_the_sum_of_its_items(items, code):
    assert Money.total([Money(item, code) for item in items], code) == Money(sum(items), code)


@given(minors, minors)
def test_amounts_of_one_currency_are_ordered(one, other):
    first, second = Money(one, "EUR"), Money(other, "EUR")
    assert (first < second, first <= second, first > second, first >= second) == (
        one < other,
        one <= other,
        one > other,
        one >= other,
    )
    assert first + second - second == first
    assert (-abs(first)).minor <= 0
    assert [first.is_negative, first.is_zero, first.is_positive].count(True) == 1


@given(minors, weights)
def test_the_parts_of_an_allocation_add_up_to_the_whole(minor, weights):
    parts = Money(minor, "EUR").allocate(weights)
    assert Money.total(parts, "EUR") == Money(minor, "EUR")


@given(minors, weights)
def test_no_part_is_a_whole_unit_away_from_its_exact_share(minor, weights):
    for part, weight in zip(Money(minor, "EUR").allocate(weights), weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)


@given(minors, weights)
def test_a_credit_note_mirrors_its_invoice_part_by_part(minor, weights):
    amount = Money(minor, "EUR")
    assert [-part for part in amount.allocate(weights)] == (-amount).allocate(weights)


@given(minors, st.lists(st.integers(min_value=-1000, max_value=1000), min_size=1, max_size=8).filter(sum))
def test_a_discount_among_the_lines_takes_its_share_back(minor, weights):
    parts = Money(minor, "EUR").allocate(weights)
    assert Money.total(parts, "EUR").minor == minor


def test_a_line_of_weight_zero_gets_nothing_and_ties_go_to_the_first():
    assert Money(100, "EUR").allocate([1, 0, 1, 1]) == [Money(n, "EUR") for n in (34, 0, 33, 33)]
    assert Money(1, "EUR").allocate([Decimal("0.5"), Decimal("0.5")]) == [Money(1, "EUR"), Money.zero("EUR")]


def test_an_amount_cannot_be_split_by_nothing():
    with pytest.raises(ValueError, match="add up to zero"):
        Money(1, "EUR").allocate([0, 0])
    assert Money.zero("EUR").allocate([0, 0]) == [Money.zero("EUR")] * 2
    assert Money.zero("EUR").allocate([]) == []


@pytest.mark.parametrize(
    ("rate", "quantity", "minor"),
    [
        ("0.0035", 1000, 350),
        ("0.005", 1, 1),
        ("-0.005", 1, -1),
        ("0.0049", 1, 0),
        ("0.335", Decimal("1.5"), 50),
    ],
)
def test_a_rate_rounds_half_up_once(rate, quantity, minor):
    assert Rate(Decimal(rate), "EUR").times(quantity) == Money(minor, "EUR")


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=1, max_value=10**6))
def test_a_rate_with_whole_cents_multiplies_like_money(minor, count):
    price = Money(minor, "EUR")
    if minor * count < 2**63:
        assert Rate(price.decimal, "EUR").times(count) == price.times(count)


def test_a_rate_that_is_no_number_is_refused():
    with pytest.raises(TypeError):
        Rate(Decimal("NaN"), "EUR")
