"""Tiers, by hand and for any quantity."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ezcore.catalog.metrics.rules import Tier, charge, tiers_of
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money

TIERS = (Tier(100, Decimal("0.05")), Tier(500, Decimal("0.04")), Tier(None, Decimal("0.01")))


def cost(units: str, included: int = 0, mode: str = "graduated") -> str:
    return str(charge(int(Decimal(units) * 1000), included * 1000, TIERS, mode, "EUR").amount)


def test_graduated_each_unit_costs_what_its_tier_says():
    # 100 x 0.05 + 400 x 0.04 + 100 x 0.01 = 5 + 16 + 1
    assert cost("600") == "22.00 EUR"
    assert cost("100") == "5.00 EUR"
    assert cost("100.5") == "5.02 EUR"


def test_volume_all_units_cost_what_the_whole_quantity_says():
    # 600 x 0.01, 500 x 0.04, 100 x 0.05
    assert [cost(n, mode="volume") for n in ("600", "500", "100")] == ["6.00 EUR", "20.00 EUR", "5.00 EUR"]


def test_what_is_included_costs_nothing_and_tiers_count_beyond_it():
    assert cost("1000", included=1000) == "0.00 EUR"
    assert cost("1100", included=1000) == "5.00 EUR"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"up_to": 10, "rate": "1"}],
        [{"up_to": 10, "rate": "1"}, {"up_to": 5, "rate": "1"}, {"up_to": None, "rate": "1"}],
        [{"up_to": 0, "rate": "1"}, {"up_to": None, "rate": "1"}],
        [{"up_to": None, "rate": "-1"}],
        [{"up_to": None, "rate": "NaN"}],
    ],
)
def test_tiers_that_do_not_rise_or_do_not_end_are_refused_by_name(rows):
    with pytest.raises(InvalidInput) as refused:
        tiers_of({"EUR": rows}, "EUR")
    assert refused.value.field == "tiers"


quantities = st.integers(0, 10**9)


@settings(max_examples=1000)
@given(quantities, quantities, st.integers(0, 10**6))
def test_more_use_never_costs_less_and_what_is_included_is_free(one, other, included):
    low, high = sorted((one, other))
    cheap, dear = (charge(n, included, TIERS, "graduated", "EUR").amount for n in (low, high))
    assert Money.zero("EUR") <= cheap <= dear
    assert charge(included, included, TIERS, "graduated", "EUR").amount.is_zero
