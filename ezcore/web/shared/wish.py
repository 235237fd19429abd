"""A product as somebody configures it, in the store or for a client: cycle, options, what the module asks, the total.

Prices are never read from the form: they are computed from the catalog at every step until the order is placed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import BaseModel

from ezcore.catalog.options.rules import default_answer, is_asked
from ezcore.catalog.products.models import OptionKind, Price, Product, ProductOption
from ezcore.catalog.products.rules import Configured, choice_amounts, configure, prices_on
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.messaging.rules import one_line
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.services.rules import first_period
from ezcore.web.shared import cycles
from ezcore.web.shared.asked import Asked
from ezcore.web.shared.form_fields import Field, fields_of
from ezcore.web.shared.forms import read_form, sentence
from ezcore.web.shared.request import EzRequest

OPTION: Final = "option-"
PARAM: Final = "wish-"
_LABEL: Final = 80


class _NothingAsked(BaseModel):
    """The order model of a product without a module."""


def prices_in(product: Product, currency: str, on: date) -> list[Price]:
    """What a product costs in this currency on this day, the shortest cycle first."""
    found = [price for price in prices_on(product, on) if price.currency == currency]
    return sorted(found, key=lambda price: cycles.length(price.cycle))


def asked_of(product: Product, answers: Mapping[str, str]) -> list[ProductOption]:
    """The options that are asked, given these answers; those of hidden ones do not count."""
    asked: list[ProductOption] = []
    for option in product.options:
        given = {one.key: answers.get(one.key, "") for one in asked}
        if is_asked(option, given):
            asked.append(option)
    return asked


@dataclass
class Wish:
    """A product as a visitor configured it; `errors` by the id of the input."""

    product: Product
    currency: str
    today: date
    model: type[BaseModel] = _NothingAsked
    cycle: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    configured: Configured | None = None
    only_cycle: str | None = None

    @property
    def asks_for_a_name(self) -> bool:
        """A host name serves as the service's name; without one we ask for a name."""
        return "hostname" not in self.model.model_fields

    @property
    def prices(self) -> list[tuple[Price, str]]:
        """The cycles to choose from, with their names."""
        return [
            (price, cycles.name_of(price.cycle))
            for price in prices_in(self.product, self.currency, self.today)
            if self.only_cycle in (None, price.cycle_name)
        ]

    @property
    def per(self) -> str:
        """What stands after the amount a choice adds."""
        return cycles.per(self.configured.cycle) if self.configured else ""

    @property
    def fields(self) -> list[Field]:
        """What the module asks at order time."""
        cut = len(PARAM)
        wrong = {name[cut:]: text for name, text in self.errors.items() if name.startswith(PARAM)}
        return fields_of(self.model, self.typed, wrong)

    @property
    def options(self) -> list[Asked]:
        """The options that are asked, in the operator's order, with what each answer adds and which one is given."""
        price = next(
            (
                price
                for price in prices_in(self.product, self.currency, self.today)
                if price.cycle_name == self.cycle
            ),
            None,
        )
        nothing = Money.zero(self.currency)
        return [
            Asked(
                option,
                [
                    (choice, *(choice_amounts(choice, price) if price else (nothing, nothing)))
                    for choice in option.choices
                ],
                self.choices.get(option.key, ""),
            )
            for option in asked_of(self.product, self.choices)
        ]

    @property
    def may_change(self) -> bool:
        """Does another answer bring other questions?"""
        return any(option.shown_if_option for option in self.product.options)

    def renews_on(self, today: date) -> date | None:
        """The first day of the second period."""
        if self.configured is None or not self.configured.cycle.recurs:
            return None
        return first_period(today, self.configured.cycle).end


def order_model(request: EzRequest, product: Product) -> type[BaseModel] | None:
    """What the product's module asks of the client; None while the module cannot be reached."""
    if product.module is None:
        return _NothingAsked
    try:
        port = request.host_of_plugins.ports.get(ProvisioningModule, product.module)  # type: ignore[type-abstract]
    except LookupError:
        return None
    return port.order_form(product.settings)


def default_wish(
    product: Product, currency: str, today: date, model: type[BaseModel], cycle: str | None
) -> Wish:
    """The wish of one who has not chosen yet: first cycle (or the one of the link), the defaults of the options."""
    names = [price.cycle_name for price in prices_in(product, currency, today)]
    wish = Wish(product, currency, today, model, cycle if cycle in names else next(iter(names), ""))
    defaults = {option.key: default_answer(option) for option in product.options}
    wish.choices = {key: answer for key, answer in defaults.items() if answer is not None}
    # A required option without an answer is no error yet: nobody has been asked.
    with suppress(InvalidInput):
        wish.configured = configure(product, wish.cycle, currency, wish.choices, today)
    return wish


def read_wish(
    request: EzRequest, product: Product, currency: str, today: date, model: type[BaseModel]
) -> Wish:
    """The wish as it was sent, with what is wrong with it; nothing typed is lost.

    Answers to options that are not asked are not read. An option that appears only now, by another answer, has its
    default while the total is looked at; to go in the cart it must have been on the page.
    """
    wish = Wish(product, currency, today, model)
    wish.cycle = _one(request, "cycle", wish.errors)
    _read_options(request, wish)
    form = read_form(request, model, prefix=PARAM)
    wish.typed = form.values
    wish.errors.update({PARAM + name: text for name, text in form.errors.items()})
    if form.model is not None:
        wish.params = form.model.model_dump(mode="json")
    wish.label = _label(request, wish)
    _price(wish)
    return wish


def _read_options(request: EzRequest, wish: Wish) -> None:
    looking = request.POST.get("do") != "add"
    for option in wish.product.options:
        if option not in asked_of(wish.product, wish.choices):
            continue
        sent = [str(value) for value in request.POST.getall(OPTION + option.key)]
        default = default_answer(option)
        # What is not sent and costs nothing is not wanted: a box that is not ticked, no units.
        silent = option.kind == OptionKind.YESNO or (option.kind == OptionKind.QUANTITY and default == "0")
        if not sent and default is not None and (looking or silent):
            wish.choices[option.key] = default
        elif option.kind == OptionKind.QUANTITY and len(sent) == 1:
            # Also nothing, and what is no number, goes to the rule: it says what may be written.
            wish.choices[option.key] = sent[0][:_LABEL]
        else:
            wish.choices[option.key] = _one(request, OPTION + option.key, wish.errors)


def _price(wish: Wish) -> None:
    try:
        wish.configured = configure(wish.product, wish.cycle, wish.currency, wish.choices, wish.today)
    except InvalidInput as error:
        name = error.field or "cycle"
        wish.errors.setdefault(name if name == "cycle" else OPTION + name, sentence(error.message))


def _one(request: EzRequest, name: str, errors: dict[str, str]) -> str:
    given = [str(value) for value in request.POST.getall(name)]
    if len(given) != 1 or not given[0]:
        errors[name] = "Choose one of those offered"
        return ""
    return given[0]


def _label(request: EzRequest, wish: Wish) -> str:
    if not wish.asks_for_a_name:
        return str(wish.params.get("hostname", ""))
    label = one_line(str(request.POST.get("label", "")))
    if len(label) > _LABEL:
        wish.errors["label"] = f"A name has at most {_LABEL} characters"
    return label[:_LABEL]
