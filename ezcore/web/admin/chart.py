"""Bars as server-side SVG: shapes only; every label is HTML and every figure stands in the table below.

Heights are computed in minor units with whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from babel.numbers import format_compact_currency
from markupsafe import Markup

from ezcore.kernel.currency import currency as find_currency
from ezcore.kernel.money import Money
from ezcore.languages import tongue

STEP, HEIGHT, GAP, TICKS = 100, 1000, 24, 4
_NICE: Final = (1, 2, 4, 5, 10)


@dataclass(frozen=True)
class Bars:
    """The picture, the words at its axes, and the same figures as rows."""

    svg: Markup
    scale: list[str]
    rows: list[tuple[str, Money]]


def bars(rows: Sequence[tuple[str, Money]], currency: str) -> Bars:
    """One bar per row, over four lines with round amounts."""
    tick = _round_up(max((amount.minor for _, amount in rows), default=0), currency)
    top = tick * TICKS
    shapes = Markup("").join(_bar(place, label, amount, top) for place, (label, amount) in enumerate(rows))
    width = STEP * max(1, len(rows))
    lines = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, y, y)
        for y in range(0, HEIGHT + 1, HEIGHT // TICKS)
    )
    svg = Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>')
    scale = [_short(Money(tick * (TICKS - n), currency)) for n in range(TICKS + 1)]
    return Bars(svg.format(width, HEIGHT, lines, shapes), scale, list(rows))


def _bar(place: int, label: str, amount: Money, top: int) -> Markup:
    height = max(0, amount.minor) * HEIGHT // top
    frame = Markup('<rect class="k1" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>')
    return frame.format(place * STEP + GAP, HEIGHT - height, STEP - 2 * GAP, height, label, amount)


def _round_up(highest: int, currency: str) -> int:
    """The smallest round amount (10, 20, 40, 50, 100 ...) of which four reach the highest bar."""
    unit: int = 10 ** find_currency(currency).exponent
    while True:
        for factor in _NICE:
            if factor * unit * TICKS >= highest:
                return factor * unit
        unit *= 10


def _short(amount: Money) -> str:
    text: str = format_compact_currency(
        amount.decimal, amount.currency, locale=tongue().locale, fraction_digits=1
    )
    return text.replace(".0", "")
