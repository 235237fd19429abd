"""Pure: a selling price from what the registrar asks, and what an import would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.registrar import TldTerms

PPM = 1_000_000
MOST_YEARS = 10


@dataclass(frozen=True)
class Margin:
    """What is put on costs: first a part of them (parts per million), then an amount; then an ending of the price.

    `rate_ppm` turns the registrar's currency into ours. `ending_minor` None: not rounded further.
    """

    percent_ppm: int = 0
    fixed_minor: int = 0
    ending_minor: int | None = None
    rate_ppm: int = PPM


@dataclass(frozen=True)
class YearsPrice:
    """What so many years cost: the first term, later terms, and once a transfer and a restore."""

    years: int
    register: Money
    renew: Money
    transfer: Money | None = None
    restore: Money | None = None


@dataclass(frozen=True)
class ImportRow:
    """One ending in an import's preview. `kept` are years whose prices staff typed: they stay."""

    terms: TldTerms
    prices: tuple[YearsPrice, ...]
    standing: Mapping[int, YearsPrice]
    kept: tuple[int, ...] = ()
    is_new: bool = False

    @property
    def changes(self) -> bool:
        """Would anything be another price?"""
        return self.is_new or any(
            self.standing.get(price.years) != price for price in self.prices if price.years not in self.kept
        )


def with_margin(cost: Money, margin: Margin, currency: str) -> Money:
    """The selling price of a cost in `currency`, rounded up to the minor unit, then up to the ending.

    Rounding is always upwards: a margin is never eaten by it. Raises: InvalidInput for a rate that is none.
    """
    if margin.rate_ppm <= 0:
        raise InvalidInput("a rate is more than nothing", field="rate")
    if cost.currency == currency and margin.rate_ppm != PPM:
        raise InvalidInput(f"costs are in {currency} already: the rate is 1", field="rate")
    numerator = cost.minor * margin.rate_ppm * (PPM + margin.percent_ppm) * 10 ** _digits(currency)
    whole = PPM * PPM * 10 ** _digits(cost.currency)
    minor = -(-numerator // whole) + margin.fixed_minor
    return Money(_ending(minor, margin.ending_minor, 10 ** _digits(currency)), currency)


def prices_of(terms: TldTerms, margin: Margin, currency: str) -> tuple[YearsPrice, ...]:
    """Prices of every term that the ending allows: the first year as registered, the further ones as renewed."""
    made = []
    for years in range(max(1, terms.min_years), min(MOST_YEARS, terms.max_years) + 1):
        first = terms.register_price + terms.renew_price.times(years - 1)
        transfer = terms.transfer_price if years == 1 else None
        made.append(
            YearsPrice(
                years,
                with_margin(first, margin, currency),
                with_margin(terms.renew_price.times(years), margin, currency),
                with_margin(transfer, margin, currency) if transfer is not None else None,
                with_margin(terms.restore_price, margin, currency)
                if terms.restore_price is not None and years == 1
                else None,
            )
        )
    return tuple(made)


def check_prices(prices: Sequence[YearsPrice]) -> None:
    """Raises: InvalidInput naming `price-<years>`."""
    seen: set[int] = set()
    for price in prices:
        field = f"register-{price.years}"
        if not 1 <= price.years <= MOST_YEARS or price.years in seen:
            raise InvalidInput(f"years go from 1 to {MOST_YEARS}, each once", field=field)
        seen.add(price.years)
        amounts = [
            one for one in (price.register, price.renew, price.transfer, price.restore) if one is not None
        ]
        if any(one.minor < 0 for one in amounts):
            raise InvalidInput("a price is not below nothing", field=field)


def _digits(code: str) -> int:
    """Decimals of the minor unit."""
    return known_currency(code).exponent


def _ending(minor: int, ending: int | None, unit: int) -> int:
    if ending is None:
        return minor
    if not 0 <= ending < unit:
        raise InvalidInput(f"an ending is from 0 to {unit - 1}", field="ending")
    found = minor - minor % unit + ending
    return found if found >= minor else found + unit
