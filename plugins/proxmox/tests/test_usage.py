"""Traffic is billed by what was measured: whole hours, no invention in gaps, no spike where a counter began anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from ez_proxmox.measured import FASTEST, Point, frame_since, hourly_bytes, points

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = int(NINE.timestamp())
GIB = 1024**3


def measured(rates, step=60):
    return [
        Point(START + (n + 1) * step, {} if rate is None else {"netin": rate, "netout": 0.0})
        for n, rate in enumerate(rates)
    ]


def hours(rates, step=60, span=2):
    found = hourly_bytes(measured(rates, step), NINE, NINE + timedelta(hours=span))
    return {hour.hour: round(amount) for hour, amount in found.items()}


def test_a_steady_rate_is_rate_times_time():
    assert hours([10.0] * 120) == {9: 36_000, 10: 36_000}


def test_an_hour_that_is_not_over_is_not_counted():
    assert hours([10.0] * 70, span=1) == {9: 36_000}


def test_a_gap_counts_nothing_and_an_hour_without_a_measurement_does_not_exist():
    assert hours([10.0] * 30 + [None] * 90) == {9: 18_000}


@pytest.mark.parametrize("rate", [-5.0, FASTEST * 2])
def test_a_rate_that_cannot_be_is_a_gap(rate):
    assert hours([10.0] * 30 + [rate] + [10.0] * 29, span=1) == {9: 35_400}


def test_a_coarse_measurement_is_spread_over_the_hours_it_covers():
    assert hours([10.0, 10.0], step=7200, span=4) == {9: 36_000, 10: 36_000, 11: 36_000, 12: 36_000}


def test_words_and_holes_in_the_lines_are_passed_over():
    lines = [
        {"time": 100, "netin": "12.5", "netout": None},
        {"time": "x"},
        {},
        {"time": 40, "netin": float("nan")},
    ]
    assert [(one.time, dict(one.values)) for one in points(lines)] == [(40, {}), (100, {"netin": 12.5})]


@pytest.mark.parametrize(("back", "frame"), [(0.5, "hour"), (5, "day"), (50, "week"), (500, "month")])
def test_the_finest_frame_that_reaches_back_is_asked(back, frame):
    assert frame_since(NINE - timedelta(hours=back), NINE) == frame


def read(house, made, since):
    return house.module.read_usage(house.server, [made], since)


def test_a_reading_gives_gib_per_whole_hour_and_the_same_again_when_repeated(house):
    made = house.created()
    house.wait(5 * 3600)
    since = house.app.clock.now() - timedelta(hours=4)
    first = read(house, made, since)
    assert 3 <= len(first) <= 4
    assert all(sample.metric == "bandwidth" and Decimal(0) < sample.quantity < Decimal(2) for sample in first)
    assert all(sample.quantity == sample.quantity.quantize(Decimal("0.001")) for sample in first)
    assert len({sample.key for sample in first}) == len(first)
    assert read(house, made, since) == first


def test_a_machine_that_moved_is_read_where_it_is_and_one_that_is_gone_has_no_sample(house):
    made = house.created()
    house.wait(3 * 3600)
    since = house.app.clock.now() - timedelta(hours=2)
    house.by_hand(100, node="pve2")
    house.wait(20)
    assert read(house, made, since)
    house.app.guests.remove(100)
    house.wait(20)
    assert read(house, made, since) == []


def test_a_restart_of_the_machine_does_not_bill_its_counters_again(house):
    made = house.created()
    house.wait(3 * 3600)
    now = int(house.app.now())
    spiked = [{"time": now - 3600 * 2 + n * 60, "netin": 1000.0, "netout": 1000.0} for n in range(120)]
    spiked[70]["netin"] = 5e14
    guest = house.app.guests.find(100)
    house.app.guests.put({**guest, "rrd": spiked})
    samples = read(house, made, house.app.clock.now() - timedelta(hours=2))
    assert all(sample.quantity <= Decimal("0.007") for sample in samples)
