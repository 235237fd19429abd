"""Bars as server-side SVG: shapes only, every figure stands in the table below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ezcore.kernel.money import Money

WIDTH, HEIGHT, GAP = 1200, 220, 24


@dataclass(frozen=True)
class Bars:
    """The picture and the same figures as rows."""

    svg: Markup
    rows: list[tuple[str, Money]]


def bars(rows: Sequence[tuple[str, Money]]) -> Bars:
    """One bar per row; the highest fills the height."""
    highest = max((amount.minor for _, amount in rows), default=0) or 1
    step = WIDTH // max(1, len(rows))
    shapes = Markup("").join(
        Markup('<rect class="k1" x="{}" y="{}" width="{}" height="{}" rx="4"/>').format(
            place * step + GAP // 2, HEIGHT - height, step - GAP, height
        )
        for place, (_, amount) in enumerate(rows)
        for height in [max(0, round(amount.minor * (HEIGHT - 10) / highest))]
    )
    lines = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(WIDTH, y, y)
        for y in range(0, HEIGHT + 1, HEIGHT // 4)
    )
    svg = Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>')
    return Bars(svg.format(WIDTH, HEIGHT, lines, shapes), list(rows))
