"""I11: one tax per rate group, split to the last cent; totals add up, a mirrored document is the exact negative."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ezcore.billing.taxes.rules import (
    TaxableLine,
    TaxCase,
    TaxRate,
    Treatment,
    apply,
    half_up,
    parse_rate,
    percent,
)
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import CurrencyMismatch, Money

VAT22 = TaxRate("VAT", 220_000)
VAT9 = TaxRate("VAT", 90_000)
GST = TaxRate("GST", 50_000)
QST = TaxRate("QST", 99_750, level=2)
ON_TOP = TaxRate("QST", 95_000, level=2, compound=True)
SWISS = TaxRate("MWST", 81_000)


def lines(currency, *amounts, tax_class="standard"):
    return [TaxableLine(Money(amount, currency), tax_class) for amount in amounts]


def taxed(currency, amounts, *rates, inclusive=False):
    return apply(lines(currency, *amounts), TaxCase({"standard": rates}, inclusive), currency)


def minors(result):
    return [(line.net.minor, line.tax.minor) for line in result.lines]


# Golden amounts, calculated by hand.


def test_estonia_before_and_after_july_2025():
    """19.99 x 22 % = 4.3978 -> 4.40; x 24 % = 4.7976 -> 4.80."""
    assert taxed("EUR", [1999], VAT22).tax == Money(440, "EUR")
    assert taxed("EUR", [1999], TaxRate("VAT", 240_000)).tax == Money(480, "EUR")


def test_quebec_has_two_taxes_on_the_same_net_amount():
    """100.00 CAD: GST 5 % = 5.00; QST 9.975 % = 9.975 -> 9.98; total 114.98."""
    found = taxed("CAD", [10_000], GST, QST)
    assert [(tax.name, tax.base.minor, tax.tax.minor) for tax in found.taxes] == [
        ("GST", 10_000, 500),
        ("QST", 10_000, 998),
    ]
    assert found.total == Money(11_498, "CAD")


def test_a_compound_tax_is_on_top_of_the_first():
    """As in Quebec until 2012: 100.00 + 5.00 GST = 105.00; 9.5 % of it = 9.975 -> 9.98."""
    found = taxed("CAD", [10_000], GST, ON_TOP)
    assert [(tax.base.minor, tax.tax.minor) for tax in found.taxes] == [(10_000, 500), (10_500, 998)]
    assert found.total == Money(11_498, "CAD")


def test_a_swiss_price_that_contains_its_tax():
    """99.95 CHF with 8.1 %: 99.95 / 1.081 = 92.4607... -> 92.46 net, 7.49 tax."""
    found = taxed("CHF", [9_995], SWISS, inclusive=True)
    assert (found.net.minor, found.tax.minor, found.total.minor) == (9_246, 749, 9_995)


def test_a_price_that_contains_two_taxes():
    """100.00 with 5 % + 9.975 %: 100 / 1.14975 = 86.9754 -> 86.98; 13.02 is 4.35 (4.3419+) and 8.67 (8.6780-).

    13.02 x 5/14.975 = 4.3472, x 9.975/14.975 = 8.6728: floors 4.34 and 8.67, the cent goes to the larger rest (.72).
    """
    found = taxed("CAD", [10_000], GST, QST, inclusive=True)
    assert found.net.minor == 8_698
    assert [tax.tax.minor for tax in found.taxes] == [435, 867]
    assert found.total.minor == 10_000


def test_tax_is_rounded_once_per_group_and_not_per_line():
    """Three lines of 0.99 at 22 %: 2.97 x 22 % = 0.6534 -> 0.65; line by line it would be 3 x 0.22 = 0.66."""
    found = taxed("EUR", [99, 99, 99], VAT22)
    assert found.tax.minor == 65
    assert minors(found) == [(99, 22), (99, 22), (99, 21)]


def test_a_discount_lowers_the_tax_of_its_group():
    """30.00 - 3.33 = 26.67 x 22 % = 5.8674 -> 5.87; shares 6.60 and -0.7326 -> -0.73."""
    found = taxed("EUR", [3_000, -333], VAT22)
    assert minors(found) == [(3_000, 660), (-333, -73)]
    assert found.tax.minor == 587


def test_a_cent_of_rounding_never_grows_among_a_price_and_its_discount():
    """10.00 - 9.97 = 0.03 x 22 % = 0.0066 -> 0.01: the shares are still 2.20 and -2.19, and not 3.33 and -3.32."""
    assert minors(taxed("EUR", [1_000, -997], VAT22)) == [(1_000, 220), (-997, -219)]


def test_every_rate_has_its_own_group():
    case = TaxCase({"standard": (VAT22,), "reduced": (VAT9,)})
    goods = [*lines("EUR", 1_000), *lines("EUR", 500, tax_class="reduced"), *lines("EUR", 2_000)]
    found = apply(goods, case, "EUR")
    assert [(tax.rate_ppm, tax.base.minor, tax.tax.minor) for tax in found.taxes] == [
        (220_000, 3_000, 660),
        (90_000, 500, 45),
    ]


def test_classes_of_the_same_rate_are_one_group():
    """EN 16931 wants one breakdown per category and rate (BR-S-08), whichever rule each came from."""
    case = TaxCase({"standard": (VAT22,), "books": (replace(VAT22, rule_id=7),)})
    found = apply([*lines("EUR", 99), *lines("EUR", 99, tax_class="books")], case, "EUR")
    assert [(tax.base.minor, tax.tax.minor) for tax in found.taxes] == [(198, 44)]


def test_a_class_that_nobody_defined_is_taxed_like_the_standard():
    case = TaxCase({"standard": (VAT22,)})
    assert apply(lines("EUR", 100, tax_class="typo"), case, "EUR").tax.minor == 22


@pytest.mark.parametrize(("currency", "amount", "tax"), [("JPY", 1_999, 200), ("KWD", 1_234_567, 123_457)])
def test_currencies_without_cents_and_with_three_decimals(currency, amount, tax):
    assert taxed(currency, [amount], TaxRate("VAT", 100_000)).tax.minor == tax


def test_reverse_charge_has_a_row_that_says_zero_and_no_tax_has_none():
    zero = TaxCase({"standard": (TaxRate("VAT", 0, category="AE"),)}, treatment=Treatment.REVERSE_CHARGE)
    found = apply(lines("EUR", 1_000, 500), zero, "EUR")
    assert [(tax.category, tax.base.minor, tax.tax.minor) for tax in found.taxes] == [("AE", 1_500, 0)]
    nothing = apply(lines("EUR", 1_000), TaxCase(), "EUR")
    assert (nothing.taxes, nothing.total.minor) == ((), 1_000)


def test_no_lines_make_nothing_and_currencies_do_not_mix():
    assert taxed("EUR", [], VAT22).total == Money.zero("EUR")
    with pytest.raises(CurrencyMismatch):
        apply(lines("USD", 1), TaxCase(), "EUR")


# Properties.

amounts = st.lists(st.integers(-500_000, 2_000_000), min_size=1, max_size=15)
ppm = st.integers(0, 1_000_000)
first = st.builds(TaxRate, st.just("One"), ppm)
second = st.builds(TaxRate, st.just("Two"), ppm, st.just(2), st.booleans())
pairs = st.one_of(
    st.tuples(), st.tuples(first), st.tuples(first, second), st.tuples(second), st.tuples(second, first)
)
cases = st.builds(TaxCase, st.fixed_dictionaries({"standard": pairs, "reduced": pairs}), st.booleans())
currencies = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
drawn = st.lists(
    st.tuples(st.integers(-500_000, 2_000_000), st.sampled_from(["standard", "reduced", "odd"])),
    min_size=1,
    max_size=15,
)
thousand = settings(max_examples=1_000)


def priced(goods, currency):
    return [TaxableLine(Money(amount, currency), tax_class) for amount, tax_class in goods]


@thousand
@given(drawn, cases, currencies)
def test_I11_totals_are_the_sums_of_their_parts(goods, case, currency):
    found = apply(priced(goods, currency), case, currency)
    assert sum(line.net.minor for line in found.lines) == found.net.minor
    assert sum(line.tax.minor for line in found.lines) == sum(tax.tax.minor for tax in found.taxes)
    assert found.tax.minor == sum(tax.tax.minor for tax in found.taxes)
    assert found.net.minor + found.tax.minor == found.total.minor
    assert len(found.lines) == len(goods)


@thousand
@given(drawn, cases, currencies)
def test_inclusive_prices_are_what_is_paid_and_exclusive_ones_are_the_net(goods, case, currency):
    found = apply(priced(goods, currency), case, currency)
    shown = [amount for amount, _ in goods]
    kept = [line.gross.minor if case.inclusive else line.net.minor for line in found.lines]
    assert kept == shown
    assert (found.total if case.inclusive else found.net).minor == sum(shown)


@thousand
@given(drawn, cases, currencies)
def test_a_document_with_all_lines_mirrored_is_the_exact_negative(goods, case, currency):
    there = apply(priced(goods, currency), case, currency)
    back = apply(priced([(-amount, name) for amount, name in goods], currency), case, currency)
    assert [(-line.net.minor, -line.tax.minor) for line in back.lines] == minors(there)
    assert [(-tax.base.minor, -tax.tax.minor) for tax in back.taxes] == [
        (tax.base.minor, tax.tax.minor) for tax in there.taxes
    ]


@thousand
@given(amounts, ppm)
def test_the_tax_of_a_group_is_its_rate_of_its_base_rounded_once(prices, rate):
    """BR-CO-17 of EN 16931."""
    (tax,) = taxed("EUR", prices, TaxRate("VAT", rate)).taxes
    assert abs(tax.tax.minor * 1_000_000 - tax.base.minor * rate) * 2 <= 1_000_000


@thousand
@given(amounts, cases)
def test_the_share_of_a_line_is_within_two_cents_of_its_own_tax(prices, case):
    rates = case.rates_of("standard")
    one = sum(rate.rate_ppm for rate in rates if rate.level == 1)
    parts = sum(rate.rate_ppm * (1_000_000 + one * rate.compound) for rate in rates)
    whole = 1_000_000 * 1_000_000
    found = apply(lines("EUR", *prices), case, "EUR")
    for price, line in zip(prices, found.lines, strict=True):
        over = whole + parts if case.inclusive else whole
        assert abs(line.tax.minor * over - price * parts) < 2 * len(rates) * over or not rates


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"), [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2)]
)
def test_halves_go_away_from_zero(numerator, denominator, rounded):
    assert half_up(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("typed", "rate", "shown"),
    [
        ("22", 220_000, "22"),
        ("9.975", 99_750, "9.975"),
        ("8,1 %", 81_000, "8.1"),
        ("0", 0, "0"),
        ("100", 1_000_000, "100"),
    ],
)
def test_a_rate_is_typed_and_shown_in_percent(typed, rate, shown):
    assert parse_rate(typed) == rate
    assert percent(rate) == shown


@pytest.mark.parametrize("typed", ["101", "-1", "", "22%%", "1e2", "9.97512", "٢٢", "1.2.3", ".5", "22.x"])
def test_B096_what_is_no_rate_is_refused_at_its_field(typed):
    with pytest.raises(InvalidInput) as refusal:
        parse_rate(typed)
    assert refusal.value.field == "rate"
