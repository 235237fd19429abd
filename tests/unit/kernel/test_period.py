"""Billing periods follow the calendar: no day is billed twice, none is skipped, the anchor day is kept."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.period import Cycle, NotRecurring, Period, next_start

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
cycles = st.builds(
    Cycle, st.integers(min_value=1, max_value=36), st.sampled_from(["day", "week", "month", "year"])
)
monthly = st.builds(Cycle, st.integers(min_value=1, max_value=36), st.sampled_from(["month", "year"]))


def chain(start: date, cycle: Cycle, length: int) -> list[Period]:
    periods, anchor = [], start.day
    for _ in range(length):
        periods.append(Period.of(start, cycle, anchor))
        start = periods[-1].end
    return periods


def test_the_31st_is_kept_through_a_short_month():
    starts = [period.start for period in chain(date(2026, 1, 31), Cycle(1, "month"), 5)]
    assert starts == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]


def test_a_leap_day_is_kept_through_common_years():
    starts = [period.start for period in chain(date(2024, 2, 29), Cycle(1, "year"), 5)]
    assert starts == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_february_of_a_leap_year_ends_on_the_29th():
    assert next_start(date(2028, 1, 31), Cycle(1, "month"), 31) == date(2028, 2, 29)


def test_without_an_anchor_the_day_of_the_start_is_the_anchor():
    assert next_start(date(2026, 2, 28), Cycle(1, "month")) == date(2026, 3, 28)
    assert next_start(date(2026, 2, 28), Cycle(1, "month"), 31) == date(2026, 3, 31)


def test_a_year_passes_over_december():
    assert next_start(date(2026, 12, 31), Cycle(2, "month"), 31) == date(2027, 2, 28)
    assert next_start(date(2026, 11, 30), Cycle(1, "month"), 30) == date(2026, 12, 30)


@given(days, cycles)
def test_periods_follow_each_other_without_gap_or_overlap(start, cycle):
    periods = chain(start, cycle, 14)
    for earlier, later in pairwise(periods):
        assert earlier.end == later.start
        assert not earlier.overlaps(later)
        assert not later.overlaps(earlier)
    assert sum(period.days for period in periods) == (periods[-1].end - periods[0].start).days


@given(days, monthly)
def test_no_cycle_is_skipped_or_doubled(start, cycle):
    months = [period.start.year * 12 + period.start.month for period in chain(start, cycle, 14)]
    step = cycle.count * (12 if cycle.unit == "year" else 1)
    assert months == list(range(months[0], months[0] + 14 * step, step))


@given(days, monthly)
def test_every_start_is_the_anchor_day_or_the_last_day_of_a_shorter_month(start, cycle):
    for period in chain(start, cycle, 14):
        assert period.start.day == min(start.day, monthrange(period.start.year, period.start.month)[1])


@given(days, st.integers(min_value=1, max_value=400))
def test_days_and_weeks_are_counted(start, count):
    assert Period.of(start, Cycle(count, "day")).days == count
    assert Period.of(start, Cycle(count, "week"), 31).days == 7 * count


@given(days, days, days, days)
def test_two_periods_overlap_exactly_when_they_share_a_day(a, b, c, d):
    one = Period(min(a, b), max(a, b) + timedelta(days=1))
    other = Period(min(c, d), max(c, d) + timedelta(days=1))
    shared = max(one.start, other.start) <= min(one.last_day, other.last_day)
    assert one.overlaps(other) is other.overlaps(one) is shared


def test_the_end_is_outside_and_the_last_day_inside():
    january = Period(date(2026, 1, 1), date(2026, 2, 1))
    assert january.contains(date(2026, 1, 31))
    assert not january.contains(date(2026, 2, 1))
    assert str(january) == "2026-01-01 to 2026-01-31"


def test_an_empty_or_backward_period_is_refused():
    for end in (date(2026, 1, 1), date(2025, 12, 31)):
        with pytest.raises(InvalidInput):
            Period(date(2026, 1, 1), end)


@given(cycles | st.just(Cycle(1, "once")))
def test_a_cycle_that_is_printed_can_be_read_back(cycle):
    assert Cycle.parse(str(cycle)) == cycle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 months",
        "-1 month",
        "1 Month",
        "1.5 months",
        "month",
        "1 once",
        "10000 days",
        "1  month",
        "٣ months",
    ],
)
def test_text_that_is_no_cycle_is_refused(text):
    with pytest.raises(InvalidInput):
        Cycle.parse(text)


@pytest.mark.parametrize(
    ("count", "unit"), [(0, "month"), (1, "decade"), (2, "once"), (True, "day"), (1.0, "day")]
)
def test_a_cycle_that_makes_no_sense_cannot_be_built(count, unit):
    with pytest.raises(InvalidInput):
        Cycle(count, unit)


def test_what_is_billed_once_has_no_next_period():
    assert not Cycle.parse("once").recurs
    assert Cycle.parse("1 month").recurs
    with pytest.raises(NotRecurring):
        Period.of(date(2026, 1, 1), Cycle(1, "once"))


@pytest.mark.parametrize("anchor", [0, 32, -1])
def test_an_anchor_that_is_no_day_of_a_month_is_refused(anchor):
    with pytest.raises(InvalidInput):
        next_start(date(2026, 1, 1), Cycle(1, "month"), anchor)
