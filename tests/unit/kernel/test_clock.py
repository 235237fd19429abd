"""Time is handed in, aware and in UTC; a business day depends on where the shop is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ezcore.kernel.clock import MovingClock, SystemClock, UnknownTimeZone

NEW_YEAR_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def test_new_year_comes_to_madrid_an_hour_before_utc():
    clock = MovingClock(NEW_YEAR_EVE)
    assert clock.today("Europe/Madrid") == date(2027, 1, 1)
    assert clock.today("UTC") == date(2026, 12, 31)
    assert clock.today("America/New_York") == date(2026, 12, 31)


def test_a_moving_clock_stands_still_until_it_is_moved():
    clock = MovingClock(NEW_YEAR_EVE)
    assert clock.now() == clock.now() == NEW_YEAR_EVE
    clock.advance(timedelta(hours=1))
    assert clock.now() == datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    clock.move_to(NEW_YEAR_EVE)
    assert clock.now() == NEW_YEAR_EVE


def test_a_moving_clock_shows_utc_whatever_it_was_set_by():
    clock = MovingClock(datetime(2026, 6, 1, 2, 0, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now().isoformat() == "2026-06-01T00:00:00+00:00"


def test_time_does_not_advance_backwards():
    with pytest.raises(ValueError, match="backwards"):
        MovingClock(NEW_YEAR_EVE).advance(timedelta(seconds=-1))


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        MovingClock(NEW_YEAR_EVE.replace(tzinfo=None))


@pytest.mark.parametrize("tz", ["Europe/Atlantis", "", "../../etc/passwd", "/etc/passwd", None])
def test_a_time_zone_that_is_none_is_refused(tz):
    for clock in (SystemClock(), MovingClock(NEW_YEAR_EVE)):
        with pytest.raises(UnknownTimeZone):
            clock.today(tz)


def test_the_system_clock_is_aware_and_goes_forward():
    clock = SystemClock()
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first
    assert abs((clock.today("UTC") - first.date()).days) <= 1
