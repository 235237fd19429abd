"""Pure arithmetic of the catalog: what a configured product costs, and which settings it gives the module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ezcore.catalog.products.models import OptionChoice, Price, Product
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle


@dataclass(frozen=True)
class Configured:
    """A product with a cycle and choices: recurring amount, setup fee, the words and the module's settings."""

    cycle: Cycle
    recurring: Money
    setup: Money
    choices: tuple[tuple[str, str], ...]
    settings: dict[str, Any]

    @property
    def due_now(self) -> Money:
        """First cycle and setup fee."""
        return self.recurring + self.setup


def configure(product: Product, cycle: str, currency: str, choices: Mapping[str, str]) -> Configured:
    """Price a product as the client configured it.

    Raises: InvalidInput naming `cycle`, or the option whose answer is missing, unknown or not of that option.
    """
    price = price_of(product, cycle, currency)
    picked = pick(product, choices)
    recurring = price.amount
    settings: dict[str, Any] = dict(product.settings)
    words = []
    for title, choice in picked:
        recurring += choice_amount(choice, price)
        settings.update(choice.settings)
        words.append((title, choice.title))
    return Configured(price.cycle, recurring, price.setup, tuple(words), settings)


def price_of(product: Product, cycle: str, currency: str) -> Price:
    """The price of this cycle in this currency. Raises: InvalidInput(field="cycle")."""
    for price in product.prices:
        if price.cycle_name == cycle and price.currency == currency:
            return price
    raise InvalidInput(f"{product.name} is not sold per {cycle!r} in {currency}", field="cycle")


def pick(product: Product, choices: Mapping[str, str]) -> list[tuple[str, OptionChoice]]:
    """The chosen answers in the operator's order; an option that was not answered takes its first choice.

    Raises: InvalidInput.
    """
    picked = []
    for option in product.options:
        answer = choices.get(option.key) or option.choices[0].key
        found = next((choice for choice in option.choices if choice.key == answer), None)
        if found is None:
            raise InvalidInput(f"{option.title}: this choice is not offered", field=option.key)
        picked.append((option.title, found))
    return picked


def choice_amount(choice: OptionChoice, price: Price) -> Money:
    """What a choice adds to this price."""
    for extra in choice.prices:
        if extra.cycle_name == price.cycle_name and extra.currency == price.currency:
            return Money(extra.amount_minor, extra.currency)
    return Money.zero(price.currency)


def per_month(price: Price) -> Money:
    """The price of a longer cycle per month, for comparison on the card; rounded half up."""
    cycle = price.cycle
    months = {"month": 1, "year": 12}.get(cycle.unit, 0) * cycle.count
    if months <= 1:
        return price.amount
    return Money((price.amount_minor * 2 + months) // (2 * months), price.currency)
