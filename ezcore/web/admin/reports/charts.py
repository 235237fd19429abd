"""The charts of reports: money, counts, shares and times as bars with signs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeVar

from babel.numbers import format_compact_currency, format_decimal

from ezcore.kernel.currency import currency as find_currency
from ezcore.kernel.money import Money
from ezcore.languages import tongue
from ezcore.web.admin.reports.words import Share, duration, percent
from ezcore.web.admin.signed_chart import Series, SignedBars, signed_bars

_PPM: Final = 1_000_000
_HOUR: Final = 3600

Value = TypeVar("Value")
Named = Sequence[tuple[str, Sequence[Value]]]
"""Series: a name, as it is to be read, and one value per label."""


def money_bars(
    labels: Sequence[str], currency: str, series: Named[Money], *, stacked: bool = False
) -> SignedBars:
    """Amounts of one currency. Raises: CurrencyMismatch."""
    unit = 10 ** find_currency(currency).exponent
    return signed_bars(
        labels,
        [Series(name, [(Money.zero(currency) + one).minor for one in values]) for name, values in series],
        lambda minor: _short(Money(minor, currency)),
        unit=unit,
        stacked=stacked,
    )  # fmt: skip


def count_bars(labels: Sequence[str], series: Named[int], *, stacked: bool = False) -> SignedBars:
    """Whole numbers."""
    made = [Series(name, values) for name, values in series]
    return signed_bars(
        labels, made, lambda n: str(format_decimal(n, locale=tongue().locale)), stacked=stacked
    )


def share_bars(labels: Sequence[str], series: Named[Share]) -> SignedBars:
    """Percents; a share of nothing is no bar."""
    made = [
        Series(name, [int((one.ratio or Decimal(0)) * _PPM) for one in values]) for name, values in series
    ]
    return signed_bars(labels, made, lambda ppm: percent(Decimal(ppm) / _PPM), unit=_PPM // 100)


def time_bars(labels: Sequence[str], series: Named[timedelta | None]) -> SignedBars:
    """Durations, on a scale of whole hours; none is no bar."""
    made = [
        Series(name, [int(one.total_seconds()) if one else 0 for one in values]) for name, values in series
    ]
    return signed_bars(labels, made, lambda seconds: duration(timedelta(seconds=seconds)), unit=_HOUR)


def _short(amount: Money) -> str:
    text: str = format_compact_currency(
        amount.decimal, amount.currency, locale=tongue().locale, fraction_digits=1
    )
    return text.replace(".0", "").replace("-", "\u2212")
