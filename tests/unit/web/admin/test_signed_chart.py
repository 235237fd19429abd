"""Bars with signs: every bar is as high as its value, from the line of zero, inside the picture."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ezcore.web.admin.signed_chart import HEIGHT, STEP, TICKS, Series, signed_bars

_BAR = re.compile(r'<rect class="k(\d)" x="(\d+)" y="(-?\d+)" width="(\d+)" height="(-?\d+)">')


def drawn(chart):
    return [tuple(int(part) for part in found) for found in _BAR.findall(str(chart.svg))]


def scale_of(chart):
    """The values at the lines, from top to bottom."""
    return [int(word) for word in chart.scale]


values = st.integers(-(10**7), 10**7)
tables = st.integers(1, 14).flatmap(
    lambda count: st.lists(st.lists(values, min_size=count, max_size=count), min_size=1, max_size=4)
)


@given(tables, st.booleans(), st.sampled_from((1, 100)))
def test_every_bar_is_inside_and_as_high_as_its_value(rows, stacked, unit):
    series = [Series(f"s{at}", row) for at, row in enumerate(rows)]
    labels = [f"m{at}" for at in range(len(rows[0]))]
    chart = signed_bars(labels, series, str, unit=unit, stacked=stacked)
    top, *_, bottom = scale_of(chart)
    assert 2 <= len(chart.scale) <= TICKS + 1
    assert 0 in scale_of(chart)
    shown = [(at, value) for column in zip(*rows, strict=True) for at, value in enumerate(column) if value]
    bars = drawn(chart)
    assert len(bars) == len(shown)
    for (at, value), (colour, x, y, width, height) in zip(shown, bars, strict=True):
        assert colour == at + 1
        assert 0 <= x <= x + width <= STEP * len(labels)
        assert 0 <= y <= y + height <= HEIGHT
        assert abs(height - abs(value) * HEIGHT / (top - bottom)) <= 1


def test_what_is_lost_grows_down_from_zero_and_what_is_won_up():
    chart = signed_bars(["Jan"], [Series("Won", [30]), Series("Lost", [-10])], str, stacked=True)
    assert chart.scale == ["30", "20", "10", "0", "-10"]
    assert [(y, height) for _, _, y, _, height in drawn(chart)] == [(0, 750), (750, 250)]
    assert chart.legend == [("k1", "Won"), ("k2", "Lost")]


def test_nothing_at_all_has_a_scale_and_no_bar():
    chart = signed_bars(["Jan", "Feb"], [Series("Won", [0, 0])], str)
    assert chart.scale == ["1", "0"]
    assert drawn(chart) == []


def test_a_long_time_has_words_for_some_of_its_months():
    chart = signed_bars([f"m{at}" for at in range(18)], [Series("Won", [1] * 18)], str)
    assert [mark for mark in chart.marks if mark] == [f"m{at}" for at in range(0, 18, 2)]
    assert len(chart.marks) == 18


def test_a_name_cannot_leave_its_place_in_the_picture():
    chart = signed_bars(["<b>"], [Series('"><script>', [1])], str)
    assert "<script>" not in str(chart.svg)
    assert "<b>" not in str(chart.svg)
