"""Bars of several series as server-side SVG, side by side or on top of each other, above and below zero.

As in `chart.py` the picture holds shapes only: labels are HTML, and every figure stands in the table below. Values are
whole numbers (minor units, counts, seconds); who asks says how one is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

STEP, HEIGHT, GAP, TICKS, COLOURS, MOST_WORDS = 120, 1000, 12, 5, 4, 13
_NICE: Final = (1, 2, 4, 5, 10)

Write = Callable[[int], str]


@dataclass(frozen=True)
class Series:
    """A name and one value per label."""

    label: str
    values: Sequence[int]


@dataclass(frozen=True)
class SignedBars:
    """The picture, the words at its axes (from top to bottom, from first to last), and what each colour is."""

    svg: Markup
    scale: list[str]
    marks: list[str]
    legend: list[tuple[str, str]]


@dataclass(frozen=True)
class _Frame:
    """The height of a value: so many lines above and below zero, `tick` apart."""

    tick: int
    above: int
    below: int

    @property
    def lines(self) -> int:
        return self.above + self.below

    def y(self, value: int) -> int:
        """From the top."""
        return (self.above * self.tick - value) * HEIGHT // (self.lines * self.tick)


def signed_bars(
    labels: Sequence[str], series: Sequence[Series], write: Write, *, unit: int = 1, stacked: bool = False
) -> SignedBars:
    """`unit` is the finest step that the scale may have. Stacked, what is below zero grows down from it."""
    columns = [[one.values[at] for one in series] for at in range(len(labels))]
    frame = _frame(columns, unit, stacked=stacked)
    draw = _stack if stacked else _beside
    shapes = Markup("").join(
        Markup('<rect class="k{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            at % COLOURS + 1, x, y, width, height, f"{label}, {series[at].label}: {write(values[at])}"
        )
        for place, (label, values) in enumerate(zip(labels, columns, strict=True))
        for at, x, y, width, height in draw(values, place * STEP, frame)
    )
    width = STEP * max(1, len(labels))
    lines = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, y, y)
        for y in (HEIGHT * line // frame.lines for line in range(frame.lines + 1))
    )
    svg = Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>')
    every = -(-len(labels) // MOST_WORDS)
    return SignedBars(
        svg.format(width, HEIGHT, lines, shapes),
        [write(frame.tick * step) for step in range(frame.above, -frame.below - 1, -1)],
        [label if at % every == 0 else "" for at, label in enumerate(labels)],
        [(f"k{at % COLOURS + 1}", one.label) for at, one in enumerate(series)],
    )


def _beside(values: Sequence[int], left: int, frame: _Frame) -> list[tuple[int, int, int, int, int]]:
    """Series, x, y, width and height of each bar of a label."""
    width = (STEP - 2 * GAP) // max(1, len(values))
    zero = frame.y(0)
    return [
        (at, left + GAP + at * width, min(zero, frame.y(value)), width, abs(frame.y(value) - zero))
        for at, value in enumerate(values)
        if value
    ]


def _stack(values: Sequence[int], left: int, frame: _Frame) -> list[tuple[int, int, int, int, int]]:
    high = low = 0
    shapes = []
    for at, value in enumerate(values):
        start, end = (high, high + value) if value > 0 else (low, low + value)
        high, low = max(high, end), min(low, end)
        top, bottom = sorted((frame.y(start), frame.y(end)))
        if value:
            shapes.append((at, left + GAP, top, STEP - 2 * GAP, bottom - top))
    return shapes


def _frame(columns: Sequence[Sequence[int]], unit: int, *, stacked: bool) -> _Frame:
    """The smallest round tick of which at most five reach the highest and the lowest end."""
    together = sum if stacked else max
    high = max((together([0, *(v for v in values if v > 0)]) for values in columns), default=0)
    low = max((together([0, *(-v for v in values if v < 0)]) for values in columns), default=0)
    while True:
        for factor in _NICE:
            above, below = -(-high // (factor * unit)), -(-low // (factor * unit))
            if above + below <= TICKS:
                return _Frame(factor * unit, above or (0 if below else 1), below)
        unit *= 10
