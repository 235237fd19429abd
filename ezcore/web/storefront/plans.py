"""What the store shows of products: plan cards for one billing cycle, the cycles to choose from, what a year saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.products.rules import per_month
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.languages import many, say
from ezcore.web.shared import cycles
from ezcore.web.shared.wish import prices_in


@dataclass(frozen=True)
class CycleTab:
    """A billing cycle to choose: its name in links, its title, what it saves ("2 months free")."""

    name: str
    title: str
    saves: str
    current: bool


@dataclass(frozen=True)
class PlanCard:
    """A product as the store prints it for one cycle; `price` is None when it is not sold in this currency."""

    product: Product
    price: Price | None

    @property
    def sold_out(self) -> bool:
        """Stock is counted and none is left."""
        return self.product.stock == 0

    @property
    def monthly(self) -> Money | None:
        """The large figure: per month for whatever has whole months."""
        return per_month(self.price) if self.price else None

    @property
    def unit(self) -> str:
        """What stands beside the large figure."""
        if self.price is None:
            return ""
        return say("per month") if cycles.months(self.price.cycle) > 1 else cycles.per(self.price.cycle)

    @property
    def is_split(self) -> bool:
        """The amount billed differs from the large figure."""
        return self.price is not None and cycles.months(self.price.cycle) > 1

    @property
    def cycle_name(self) -> str:
        """For the link to the configure page."""
        return self.price.cycle_name if self.price else ""


def cycle_tabs(products: Sequence[Product], currency: str, wanted: str | None, on: date) -> list[CycleTab]:
    """The cycles that these products are sold by; an unknown `wanted` means the first."""
    names: dict[str, Cycle] = {}
    for product in products:
        names.update({price.cycle_name: price.cycle for price in prices_in(product, currency, on)})
    order = sorted(names, key=lambda name: cycles.length(names[name]))
    current = wanted if wanted in names else next(iter(order), None)
    return [
        CycleTab(name, cycles.name_of(names[name]), _saves(products, currency, name, on), name == current)
        for name in order
    ]


def plan_cards(products: Sequence[Product], currency: str, cycle: str | None, on: date) -> list[PlanCard]:
    """A card per product; one that is not sold by this cycle shows its own shortest."""
    cards = []
    for product in products:
        prices = prices_in(product, currency, on)
        same = next((price for price in prices if price.cycle_name == cycle), None)
        cards.append(PlanCard(product, same or next(iter(prices), None)))
    return cards


def current_of(tabs: Sequence[CycleTab]) -> str | None:
    """The name of the chosen cycle."""
    return next((tab.name for tab in tabs if tab.current), None)


def _saves(products: Sequence[Product], currency: str, name: str, on: date) -> str:
    """Says "2 months free" when that is true of every product sold by this cycle; rounded down, so never too much."""
    saved = set()
    for product in products:
        prices = {price.cycle_name: price for price in prices_in(product, currency, on)}
        price, month = prices.get(name), prices.get("1 month")
        if price is not None:
            saved.add(_free_months(price, month))
    free = min(saved, default=0)
    return many(free, "${n} month free", "${n} months free") if free > 0 else ""


def _free_months(price: Price, month: Price | None) -> int:
    whole = cycles.months(price.cycle)
    if month is None or whole <= 1 or month.amount_minor <= 0:
        return 0
    return (month.amount_minor * whole - price.amount_minor) // month.amount_minor
