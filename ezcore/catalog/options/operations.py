"""Verbs of options: add, change and remove the questions of a product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ezcore.audit import operations as audit
from ezcore.catalog.options.rules import MOST, NO, UNIT, YES
from ezcore.catalog.products.models import ChoicePrice, OptionChoice, OptionKind, Product, ProductOption
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.work import UnitOfWork

MOST_OPTIONS: Final = 30
MOST_CHOICES: Final = 60
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)


@dataclass(frozen=True)
class AddedPrice:
    """What a choice, or one unit, adds: per cycle and once."""

    cycle: str
    amount: Money
    setup: Money | None = None


@dataclass(frozen=True)
class NewChoice:
    """An answer: what it sets and what it adds. `prices` per cycle; `more_prices` for setup fees, other currencies."""

    key: str
    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[str, Money] = field(default_factory=dict)
    more_prices: Sequence[AddedPrice] = ()


@dataclass(frozen=True)
class NewOption:
    """An option to ask. A quantity and yes/no have one choice, whose prices count per unit or for yes.

    `shown_if` is the key of an earlier option and the answer that makes this one appear.
    """

    key: str
    title: str
    choices: tuple[NewChoice, ...] = ()
    kind: str = OptionKind.CHOICE
    required: bool = False
    minimum: int = 0
    maximum: int | None = None
    step: int = 1
    unit: str = ""
    shown_if: tuple[str, str] | None = None


def option_from(new: NewOption, position: int) -> ProductOption:
    """The rows of an option. Raises: InvalidInput naming the field."""
    option = ProductOption(key=new.key, position=position)
    _write(option, new)
    return option


def add_option(uow: UnitOfWork, product: Product, new: NewOption) -> ProductOption:
    """Ask one more question, after the others. Raises: NotAllowed, InvalidInput naming the field."""
    uow.actor.require("catalog.manage")
    if len(product.options) >= MOST_OPTIONS:
        raise InvalidInput(f"at most {MOST_OPTIONS} options", field="key")
    if any(option.key == new.key for option in product.options):
        raise InvalidInput("this product has an option of that name", field="key")
    _check_condition(new, product.options)
    option = option_from(new, 1 + max((one.position for one in product.options), default=-1))
    product.options.append(option)
    uow.session.flush()
    audit.record(uow, "option.create", "product", product.id, after={"key": new.key, "kind": new.kind})
    return option


def change_option(uow: UnitOfWork, product: Product, option: ProductOption, new: NewOption) -> None:
    """Ask it differently from now on; what was sold stays, so does the key. Raises: NotAllowed, InvalidInput."""
    uow.actor.require("catalog.manage")
    earlier = [one for one in product.options if one.position < option.position]
    _check_condition(new, earlier)
    _write(option, new)
    uow.session.flush()
    audit.record(
        uow, "option.change", "product", product.id, after={"key": option.key, "title": option.title}
    )


def remove_option(uow: UnitOfWork, product: Product, option: ProductOption) -> None:
    """Ask it no more. Raises: NotAllowed, NotFound, InvalidInput while another option depends on it."""
    uow.actor.require("catalog.manage")
    if option not in product.options:
        raise NotFound("there is no such option")
    depends = [one.title for one in product.options if one.shown_if_option == option.key]
    if depends:
        raise InvalidInput(f"{', '.join(depends)} is shown because of it", field="key")
    product.options.remove(option)
    uow.session.delete(option)
    uow.session.flush()
    audit.record(uow, "option.remove", "product", product.id, before={"key": option.key})


def _write(option: ProductOption, new: NewOption) -> None:
    _check(new)
    option.title, option.kind, option.required = new.title, OptionKind(new.kind), new.required
    option.minimum, option.maximum, option.step, option.unit = new.minimum, new.maximum, new.step, new.unit
    option.shown_if_option, option.shown_if_answer = new.shown_if or (None, None)
    standing = {choice.key: choice for choice in option.choices}
    wanted = []
    for position, want in enumerate(_choices(new)):
        choice = standing.get(want.key) or OptionChoice(key=want.key)
        choice.title, choice.position, choice.settings = want.title, position, dict(want.settings)
        _write_prices(choice, want)
        wanted.append(choice)
    option.choices[:] = wanted


def _choices(new: NewOption) -> tuple[NewChoice, ...]:
    if new.kind == OptionKind.CHOICE:
        return new.choices
    key = UNIT if new.kind == OptionKind.QUANTITY else YES
    one = new.choices[0] if new.choices else NewChoice(key, new.title)
    return (NewChoice(key, one.title or new.title, one.settings, one.prices, one.more_prices),)


def _write_prices(choice: OptionChoice, want: NewChoice) -> None:
    plain = [AddedPrice(cycle, amount) for cycle, amount in want.prices.items()]
    rows: dict[tuple[str, str], tuple[int, int]] = {}
    for price in (*plain, *want.more_prices):
        key = (str(Cycle.parse(price.cycle)), price.amount.currency)
        if key in rows:
            raise InvalidInput(f"{key[0]} in {key[1]} stands here twice", field="prices")
        if price.setup is not None and price.setup.is_negative:
            raise InvalidInput("a setup fee cannot be negative", field="prices")
        rows[key] = (price.amount.minor, price.setup.minor if price.setup else 0)
    standing = {(one.cycle_name, one.currency): one for one in choice.prices}
    for key, (amount, setup) in rows.items():
        row = standing.get(key)
        if row is None:
            row = ChoicePrice(cycle_name=key[0], currency=key[1])
            choice.prices.append(row)
        row.amount_minor, row.setup_minor = amount, setup
    for key, row in standing.items():
        if key not in rows:
            choice.prices.remove(row)


def _check(new: NewOption) -> None:
    if not _KEY.fullmatch(new.key):
        raise InvalidInput("small letters, digits, - and _", field="key")
    if not new.title.strip():
        raise InvalidInput("say what is asked", field="title")
    if new.kind not in set(OptionKind):
        raise InvalidInput("choose how it is answered", field="kind")
    if new.kind == OptionKind.CHOICE:
        _check_choices(new)
    if new.kind == OptionKind.QUANTITY:
        _check_quantity(new)


def _check_choices(new: NewOption) -> None:
    keys = [choice.key for choice in new.choices]
    if not 1 <= len(keys) <= MOST_CHOICES:
        raise InvalidInput(f"1 to {MOST_CHOICES} answers", field="choices")
    if len(set(keys)) != len(keys):
        raise InvalidInput("two answers have the same key", field="choices")
    if not all(_KEY.fullmatch(key) for key in keys):
        raise InvalidInput("keys of answers: small letters, digits, - and _", field="choices")
    if not all(choice.title.strip() for choice in new.choices):
        raise InvalidInput("every answer needs its words", field="choices")


def _check_quantity(new: NewOption) -> None:
    if not 0 <= new.minimum <= MOST:
        raise InvalidInput(f"from 0 to {MOST}", field="minimum")
    if new.maximum is not None and not new.minimum <= new.maximum <= MOST:
        raise InvalidInput(f"from the minimum to {MOST}, or nothing", field="maximum")
    if not 1 <= new.step <= MOST:
        raise InvalidInput(f"from 1 to {MOST}", field="step")
    units = [choice.settings for choice in new.choices]
    if any(type(value) is not int for settings in units for value in settings.values()):
        raise InvalidInput("what a unit adds is a whole number", field="choices")


def _check_condition(new: NewOption, earlier: Sequence[ProductOption]) -> None:
    if new.shown_if is None:
        return
    key, answer = new.shown_if
    found = next((option for option in earlier if option.key == key), None)
    if found is None or found.kind == OptionKind.QUANTITY:
        raise InvalidInput("an earlier option that is a choice or yes/no", field="shown_if")
    answers = {YES, NO} if found.kind == OptionKind.YESNO else {choice.key for choice in found.choices}
    if answer not in answers:
        raise InvalidInput(f"{found.title} has no such answer", field="shown_if")
