"""Months are those of the shop: an instant is in the month that its clocks show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.errors import InvalidInput
from ezcore.reports.business.months import BEFORE, Months, months_up_to, place_of, shift

ZONES = (
    "UTC",
    "Europe/Tallinn",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kathmandu",
)
firsts = st.dates(date(2001, 1, 1), date(2090, 1, 1)).map(lambda day: day.replace(day=1))
spans = st.builds(lambda first, count: Months(first, shift(first, count)), firsts, st.integers(0, 30))


def test_a_year_up_to_march_begins_in_april():
    assert months_up_to(date(2026, 3, 31), 12) == Months(date(2025, 4, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(date(2026, 2, 2), date(2026, 3, 1), "from"), (date(2026, 2, 1), date(2026, 1, 1), "to")],
)
def test_what_is_no_run_of_months_is_refused_at_its_field(first, last, field):
    with pytest.raises(InvalidInput) as refused:
        Months(first, last)
    assert refused.value.field == field


@given(spans)
def test_months_follow_each_other_without_a_hole(months):
    assert months.all[0] == months.first
    assert months.all[-1] == months.last
    for one, following in zip(months.all, [*months.all[1:], months.end], strict=True):
        assert following.day == 1
        assert 28 <= (following - one).days <= 31


@given(spans, st.sampled_from(ZONES), st.integers(-3600, 3600), st.data())
def test_an_instant_is_in_the_month_of_its_local_day(months, zone, seconds, data):
    """Around the edges, where a mistake of an hour would show."""
    starts = months.starts(zone)
    moment = data.draw(st.sampled_from(starts)) + timedelta(seconds=seconds)
    local = moment.astimezone(ZoneInfo(zone)).date()
    assert place_of(moment, starts) == months.place(local)


def test_the_last_hour_of_january_in_tallinn_is_still_january():
    starts = Months(date(2026, 1, 1), date(2026, 2, 1)).starts("Europe/Tallinn")
    assert place_of(datetime(2026, 1, 31, 21, 59, 59, tzinfo=UTC), starts) == 0
    assert place_of(datetime(2026, 1, 31, 22, 0, tzinfo=UTC), starts) == 1
    assert place_of(datetime(2025, 12, 31, 21, 59, tzinfo=UTC), starts) == BEFORE
