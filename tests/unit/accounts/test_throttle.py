"""Tries are counted exactly, by all processes together, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from ezcore.accounts import throttle
from ezcore.accounts.housekeeping import keep_house
from ezcore.accounts.models import Throttle


def hit(work, bucket="b", limit=3):
    with work.write() as uow:
        return throttle.hit(uow, bucket, limit=limit, seconds=60)


def test_the_fourth_of_three_waits_for_the_next_window(each_work):
    assert [hit(each_work) for _ in range(3)] == [0, 0, 0]
    wait = hit(each_work)
    assert 0 < wait <= 60
    each_work.clock.advance(timedelta(seconds=wait))
    assert hit(each_work) == 0


def test_buckets_do_not_touch_each_other(work):
    assert [hit(work, "a", limit=1), hit(work, "b", limit=1), hit(work, "a", limit=1) > 0] == [0, 0, True]


def test_a_race_lets_in_exactly_as_many_as_allowed(each_work):
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _n: hit(each_work, limit=5), range(24)))
    assert waits.count(0) == 5


def test_what_went_well_is_forgotten(work):
    hit(work, limit=1)
    with work.write() as uow:
        throttle.clear(uow, "b")
    assert hit(work, limit=1) == 0


def test_old_windows_are_thrown_away(work):
    hit(work)
    work.clock.advance(timedelta(minutes=2))
    with work.write() as uow:
        assert keep_house(uow)["throttle"] == 1
        assert uow.session.scalars(select(Throttle)).all() == []
