"""Pure: taxes of a day, folded by country and rate, and by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ezcore.kernel.money import Money
from ezcore.reports.business.months import Months

Key = TypeVar("Key")


@dataclass(frozen=True, order=True)
class Kind:
    """A tax as it stands on documents, and the country whose it is; `category` as in EN 16931."""

    country: str
    name: str
    rate_ppm: int
    category: str


@dataclass(frozen=True)
class Taxed:
    """The taxes of one kind on the documents of a day; below zero on credit notes and cancellations."""

    on: date
    kind: Kind
    base_minor: int
    tax_minor: int


@dataclass(frozen=True)
class Row:
    """A base and the tax on it; of a kind where there is one, of a month where there is one."""

    kind: Kind | None
    month: date | None
    base: Money
    tax: Money


def by_kind(taxed: Iterable[Taxed], currency: str) -> list[Row]:
    """One row per country and tax, over all the time."""
    sums = _sums((one.kind, one) for one in taxed)
    return [Row(kind, None, *_money(sums[kind], currency)) for kind in sorted(sums)]


def by_month(months: Months, taxed: Iterable[Taxed], currency: str) -> list[Row]:
    """One row per month, over all countries and taxes."""
    sums = _sums((one.on.replace(day=1), one) for one in taxed)
    return [Row(None, month, *_money(sums.get(month, (0, 0)), currency)) for month in months.all]


def by_kind_and_month(taxed: Iterable[Taxed], currency: str) -> list[Row]:
    """One row per month, country and tax of which there was something."""
    sums = _sums(((one.on.replace(day=1), one.kind), one) for one in taxed)
    return [Row(kind, month, *_money(sums[month, kind], currency)) for month, kind in sorted(sums)]


def _sums(parts: Iterable[tuple[Key, Taxed]]) -> dict[Key, tuple[int, int]]:
    found: dict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for key, one in parts:
        base, tax = found[key]
        found[key] = (base + one.base_minor, tax + one.tax_minor)
    return found


def _money(sums: Sequence[int], currency: str) -> tuple[Money, Money]:
    return Money(sums[0], currency), Money(sums[1], currency)
