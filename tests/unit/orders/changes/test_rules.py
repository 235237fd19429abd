"""Proration by real days: amounts calculated by hand, and what holds for any of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from ezcore.orders.changes.rules import Proration, difference, share

APRIL = Period(date(2027, 4, 1), date(2027, 5, 1))


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def test_eleven_of_thirty_days_of_an_upgrade_from_six_to_twelve_euros():
    # 20 April: days 20 to 30 are left, 11 of 30. 6.00 x 11/30 = 2.20, 12.00 x 11/30 = 4.40.
    found = difference(eur("6.00"), eur("12.00"), Proration(APRIL, date(2027, 4, 20)))
    assert (found.given_back, found.charged, found.net) == (eur("2.20"), eur("4.40"), eur("2.20"))


def test_on_the_first_day_the_whole_difference_is_due_and_on_the_last_one_day_of_it():
    assert difference(eur("6.00"), eur("9.00"), Proration(APRIL, date(2027, 4, 1))).net == eur("3.00")
    # 1/30 of 6.00 is 0.20, of 9.00 is 0.30.
    assert difference(eur("6.00"), eur("9.00"), Proration(APRIL, date(2027, 4, 30))).net == eur("0.10")


def test_a_downgrade_is_negative_and_february_of_a_leap_year_has_29_days():
    february = Period(date(2028, 2, 1), date(2028, 3, 1))
    # 15 of 29 days: 29.00 -> 15.00, 14.50 -> 7.50
    assert difference(eur("29.00"), eur("14.50"), Proration(february, date(2028, 2, 15))).net == eur("-7.50")


def test_halves_are_rounded_away_from_zero_on_both_sides():
    assert share(eur("0.01"), 1, 2) == eur("0.01")
    assert share(eur("-0.01"), 1, 2) == eur("-0.01")


def test_a_day_outside_the_period_is_refused():
    with pytest.raises(InvalidInput):
        Proration(APRIL, date(2027, 5, 1))


days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@settings(max_examples=1000)
@given(days, st.integers(1, 800), st.data(), st.integers(0, 10**9))
def test_what_was_used_and_what_is_left_are_the_whole(start, length, data, minor):
    period = Period(start, start + timedelta(days=length))
    on = start + timedelta(days=data.draw(st.integers(0, length - 1)))
    left = Proration(period, on).of(Money(minor, "EUR"))
    assert 0 <= left.minor <= minor
    used = share(Money(minor, "EUR"), length - Proration(period, on).unused, length)
    # Each is rounded once: together they differ from the whole by one cent at most.
    assert abs((left + used).minor - minor) <= 1


@settings(max_examples=1000)
@given(days, st.integers(1, 800), st.data(), st.integers(0, 10**7), st.integers(0, 10**7))
def test_changing_to_and_fro_on_one_day_costs_nothing(start, length, data, old, new):
    period = Period(start, start + timedelta(days=length))
    proration = Proration(period, start + timedelta(days=data.draw(st.integers(0, length - 1))))
    there = difference(Money(old, "EUR"), Money(new, "EUR"), proration).net
    back = difference(Money(new, "EUR"), Money(old, "EUR"), proration).net
    assert (there + back).is_zero
    assert there.is_zero or (there.minor > 0) == (new > old)
