"""Pure arithmetic of the catalog: what a configured product costs, and which settings it gives the module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ezcore.catalog.options.rules import Answer, read_answers
from ezcore.catalog.products.models import OptionChoice, Price, Product
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle


@dataclass(frozen=True)
class Part:
    """What one answer adds: per cycle and once."""

    title: str
    words: str
    recurring: Money
    setup: Money


@dataclass(frozen=True)
class Configured:
    """A product with a cycle and answers: what it costs, in words, and the module's settings.

    `recurring` is due per cycle, `first` for the first term, `setup` once. `selection` holds the answers that count
    (option key to answer), `parts` what each of them adds, `price` the version that was used.
    """

    cycle: Cycle
    recurring: Money
    setup: Money
    choices: tuple[tuple[str, str], ...]
    settings: dict[str, Any]
    first: Money
    price: Price
    selection: dict[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def due_now(self) -> Money:
        """First term and setup fee."""
        return self.first + self.setup

    @property
    def has_other_first_term(self) -> bool:
        """Does the first term cost something else than the later ones?"""
        return self.cycle.recurs and self.first != self.recurring


def configure(
    product: Product, cycle: str, currency: str, choices: Mapping[str, str], on: date
) -> Configured:
    """Price a product as the client configured it, at the prices of the day.

    Raises: InvalidInput naming `cycle`, or the option whose answer is missing, unknown or not of that option.
    """
    price = price_of(product, cycle, currency, on)
    answers = read_answers(product.options, choices)
    parts = tuple(_part(answer, price) for answer in answers)
    extra = Money.total((part.recurring for part in parts), currency)
    if (price.amount + extra).is_negative or (price.first + extra).is_negative:
        raise InvalidInput(f"{product.name} cannot be sold like this", field="cycle")
    return Configured(
        cycle=price.cycle,
        recurring=price.amount + extra,
        first=price.first + extra,
        setup=Money.total((part.setup for part in parts), currency) + price.setup,
        choices=tuple((part.title, part.words) for part in parts),
        settings=_settings(product, answers),
        price=price,
        selection={answer.option.key: answer.text for answer in answers},
        parts=parts,
    )


def prices_on(product: Product, on: date) -> list[Price]:
    """The versions that are on sale on this day: per cycle and currency at most one."""
    latest: dict[tuple[str, str], Price] = {}
    for price in sorted(product.prices, key=lambda price: (price.on_sale_from, price.id or 0)):
        if price.on_sale_from <= on:
            latest[price.cycle_name, price.currency] = price
    return [price for price in latest.values() if price.on_sale_until is None or price.on_sale_until > on]


def price_of(product: Product, cycle: str, currency: str, on: date) -> Price:
    """The price of this cycle in this currency on this day. Raises: InvalidInput(field="cycle")."""
    for price in prices_on(product, on):
        if price.cycle_name == cycle and price.currency == currency:
            return price
    raise InvalidInput(f"{product.name} is not sold per {cycle!r} in {currency}", field="cycle")


def choice_amount(choice: OptionChoice, price: Price) -> Money:
    """What a choice, or one unit, adds to this price per cycle."""
    return choice_amounts(choice, price)[0]


def choice_amounts(choice: OptionChoice, price: Price) -> tuple[Money, Money]:
    """What a choice, or one unit, adds to this price: per cycle and once."""
    for extra in choice.prices:
        if extra.cycle_name == price.cycle_name and extra.currency == price.currency:
            return Money(extra.amount_minor, extra.currency), Money(extra.setup_minor or 0, extra.currency)
    return Money.zero(price.currency), Money.zero(price.currency)


def per_month(price: Price) -> Money:
    """The price of a longer cycle per month, for comparison on the card; rounded half up."""
    cycle = price.cycle
    months = {"month": 1, "year": 12}.get(cycle.unit, 0) * cycle.count
    if months <= 1:
        return price.amount
    return Money((price.amount_minor * 2 + months) // (2 * months), price.currency)


def _part(answer: Answer, price: Price) -> Part:
    nothing = Money.zero(price.currency)
    recurring, setup = choice_amounts(answer.choice, price) if answer.choice else (nothing, nothing)
    # A unit's setup price is paid per unit as well.
    return Part(answer.option.title, answer.words, recurring.times(answer.count), setup.times(answer.count))


def _settings(product: Product, answers: Sequence[Answer]) -> dict[str, Any]:
    settings: dict[str, Any] = dict(product.settings or {})
    for answer in answers:
        if answer.choice is None or not answer.choice.settings:
            continue
        if answer.is_quantity:
            for name, each in answer.choice.settings.items():
                settings[name] = (settings.get(name) or 0) + each * answer.count
        else:
            settings.update(answer.choice.settings)
    return settings
