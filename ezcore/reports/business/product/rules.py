"""Pure: what lines brought in a day, folded by product and by month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ezcore.kernel.money import Money
from ezcore.reports.business.months import Months


@dataclass(frozen=True)
class Sold:
    """What lines of a product brought in a day, without tax; `taken_back` by credit notes and cancellations.

    `product_id` is none for lines of no product: written by hand, late fees, domain names.
    """

    on: date
    product_id: int | None
    invoiced_minor: int = 0
    taken_back_minor: int = 0


@dataclass(frozen=True)
class Row:
    """A product: what was invoiced, taken back, and the rest by month."""

    product_id: int | None
    invoiced: Money
    taken_back: Money
    by_month: Sequence[Money]

    @property
    def net(self) -> Money:
        """Invoiced, less what was taken back."""
        return self.invoiced - self.taken_back


def fold(months: Months, currency: str, sold: Iterable[Sold]) -> list[Row]:
    """One row per product of which there was something, the largest first."""
    parts: dict[int | None, list[Sold]] = {}
    for one in sold:
        parts.setdefault(one.product_id, []).append(one)
    rows = [_row(months, currency, product_id, found) for product_id, found in parts.items()]
    return sorted(rows, key=lambda row: (-row.net.minor, row.product_id or 0))


def largest(rows: Sequence[Row], count: int) -> tuple[Sequence[Row], list[Money]]:
    """The first rows, and all others together by month."""
    first, others = rows[:count], rows[count:]
    together = [
        Money.total(amounts, amounts[0].currency)
        for amounts in zip(*(row.by_month for row in others), strict=True)
    ]
    return first, together


def _row(months: Months, currency: str, product_id: int | None, sold: Sequence[Sold]) -> Row:
    by_month = [0] * len(months.all)
    for one in sold:
        by_month[months.place(one.on)] += one.invoiced_minor - one.taken_back_minor
    return Row(
        product_id,
        Money(sum(one.invoiced_minor for one in sold), currency),
        Money(sum(one.taken_back_minor for one in sold), currency),
        [Money(minor, currency) for minor in by_month],
    )
