"""A shop with a fixed billing day: the first days are a part of a term, then every term begins on that day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle, Period, next_start
from ezcore.orders.carts.rules import first_term

MONTH, YEAR = Cycle(1, "month"), Cycle(1, "year")


@pytest.mark.parametrize(
    ("today", "day", "end", "share"),
    [
        (date(2027, 4, 20), 1, date(2027, 5, 1), (11, 30)),
        (date(2027, 4, 20), 25, date(2027, 4, 25), (5, 31)),
        (date(2027, 12, 31), 1, date(2028, 1, 1), (1, 31)),
        (date(2028, 2, 10), 1, date(2028, 3, 1), (20, 29)),
    ],
)
def test_the_first_days_are_a_part_of_the_term_before_the_billing_day(today, day, end, share):
    term = first_term(today, MONTH, day)
    assert (term.period, term.anchor_day, term.share) == (Period(today, end), day, share)


def test_eleven_of_thirty_days_of_six_euros_are_two_euros_twenty():
    assert first_term(date(2027, 4, 20), MONTH, 1).part_of(Money(600, "EUR")) == Money(220, "EUR")


def test_of_a_year_the_days_to_the_billing_day_are_paid_first():
    term = first_term(date(2027, 4, 20), YEAR, 1)
    assert term.share == (11, 365)
    assert term.part_of(Money(36500, "EUR")) == Money(1100, "EUR")


def test_on_the_billing_day_itself_and_for_weeks_a_whole_term_begins():
    assert first_term(date(2027, 5, 1), MONTH, 1).share is None
    assert first_term(date(2027, 4, 20), Cycle(2, "week"), 1).share is None


@settings(max_examples=1000)
@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(1, 28),
    st.integers(1, 3),
    st.sampled_from(["month", "year"]),
)
def test_after_it_every_term_begins_on_the_billing_day(today, day, count, unit):
    cycle = Cycle(count, unit)
    term = first_term(today, cycle, day)
    assert term.period.start == today
    assert term.period.end.day == day
    assert (term.period.end - today).days <= 31 or term.share is None
    assert next_start(term.period.end, cycle, term.anchor_day).day == day
