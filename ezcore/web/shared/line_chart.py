"""Lines as server-side SVG: shapes only; every label is HTML and every figure stands in the table below.

A gap in the values is a gap in the line, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ezcore.languages import say
from ezcore.plugin_api.ports.looks import ChartBlock

WIDTH, HEIGHT, TICKS, COLOURS, MARKS = 1000, 1000, 4, 4, 6
MOST_POINTS: Final = 2000
NICE: Final = (1, 2, 4, 5, 10)


@dataclass(frozen=True)
class Lines:
    """The picture, the words at its axes, what each line is, and the same figures as rows."""

    svg: Markup
    scale: list[str]
    marks: list[str]
    legend: list[tuple[str, str]]
    rows: list[tuple[str, list[str]]]


def lines_of(block: ChartBlock, zone: str) -> Lines:
    """One line per series over four lines with round values; moments in the shop's time zone."""
    times = block.times[:MOST_POINTS]
    series = [(one.label, [_sane(value) for value in one.values[: len(times)]]) for one in block.series]
    highest = max((value for _, values in series for value in values if value is not None), default=0.0)
    tick = _round_up(highest)
    place = _placing(times)
    grid = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(WIDTH, y, y)
        for y in range(0, HEIGHT + 1, HEIGHT // TICKS)
    )
    drawn = Markup("").join(
        _line(f"k{number % COLOURS + 1}", values, place, tick * TICKS)
        for number, (_, values) in enumerate(series)
    )
    svg = Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>')
    words = [_clock(one, zone) for one in times]
    return Lines(
        svg.format(WIDTH, HEIGHT, grid, drawn),
        [_figure(tick * (TICKS - n)) for n in range(TICKS + 1)],
        [words[len(words) * n // MARKS] for n in range(MARKS)] if words else [],
        [(f"k{number % COLOURS + 1}", label) for number, (label, _) in enumerate(series)],
        [(word, [_cell(values, at) for _, values in series]) for at, word in enumerate(words)],
    )


def _line(cls: str, values: Sequence[float | None], place: Callable[[int], int], top: float) -> Markup:
    """A polyline per run of values; one value alone is a dot."""
    runs: list[list[str]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place(at)},{HEIGHT - round(value * HEIGHT / top)}")
    shapes = []
    for run in runs:
        if len(run) == 1:
            x, y = run[0].split(",")
            shapes.append(Markup('<path class="pt {}" d="M{} {}h0"/>').format(cls, x, y))
        elif run:
            shapes.append(Markup('<polyline class="line {}" points="{}"/>').format(cls, " ".join(run)))
    return Markup("").join(shapes)


def _placing(times: Sequence[datetime]) -> Callable[[int], int]:
    """Where a moment stands from left to right: by the clock, so a gap in the times is a gap in the picture."""
    if not times:
        return lambda _at: 0
    first = times[0]
    span = max((one - first).total_seconds() for one in times) or 1.0
    return lambda at: max(0, min(WIDTH, round((times[at] - first).total_seconds() * WIDTH / span)))


def _sane(value: float | None) -> float | None:
    """A number that can be drawn; infinities and what is no number are gaps."""
    return value if value is not None and 0 <= value < 1e15 else None  # noqa: PLR2004 - beyond any real figure


def _round_up(highest: float) -> float:
    unit = 0.001
    while True:
        for factor in NICE:
            if factor * unit * TICKS >= highest:
                return factor * unit
        unit *= 10


def _figure(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004


def _cell(values: Sequence[float | None], at: int) -> str:
    value = values[at] if at < len(values) else None
    return say("no figure") if value is None else _figure(value)


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%d %b %H:%M}"
