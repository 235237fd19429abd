"""The three kinds of options: what a buyer is asked, which answers count, and what they cost."""

from __future__ import annotations

from datetime import date

import pytest

from ezcore.catalog.options.operations import (
    AddedPrice,
    NewChoice,
    NewOption,
    add_option,
    change_option,
    option_from,
    remove_option,
)
from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import ALWAYS, Price, Product
from ezcore.catalog.products.rules import configure
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money

TODAY = date(2027, 1, 1)


def eur(minor):
    return Money(minor, "EUR")


BACKUPS = NewOption(
    "backups",
    "Backups",
    (NewChoice("yes", "Nightly backups", {"backups": True}, {"1 month": eur(200)}),),
    "yesno",
)
KEPT = NewOption(
    "kept", "Kept for", (NewChoice("week", "A week"), NewChoice("month", "A month", {}, {"1 month": eur(300)})),
    shown_if=("backups", "yes"),
)  # fmt: skip
UNIT = NewChoice("unit", "Address", {"ipv4": 1}, {}, (AddedPrice("1 month", eur(150), eur(50)),))
ADDRESSES = NewOption(
    "ipv4", "More addresses", (UNIT,),
    "quantity", minimum=0, maximum=8, step=2, unit="IPv4",
)  # fmt: skip
PLACE = NewOption(
    "place", "Place", (NewChoice("tallinn", "Tallinn"), NewChoice("riga", "Riga")), required=True
)


def server(*options):
    price = Price(cycle_name="1 month", currency="EUR", amount_minor=600, setup_minor=0, on_sale_from=ALWAYS)
    rows = [option_from(option, position) for position, option in enumerate(options)]
    return Product(name="VPS", settings={"ipv4": 1}, prices=[price], options=rows)


def priced(product, **answers):
    return configure(product, "1 month", "EUR", answers, TODAY)


def test_yes_costs_and_no_does_not():
    product = server(BACKUPS)
    assert priced(product).recurring == eur(600)
    assert priced(product, backups="no").selection == {"backups": "no"}
    found = priced(product, backups="yes")
    assert (found.recurring, found.settings["backups"]) == (eur(800), True)


def test_a_quantity_costs_per_unit_and_adds_to_the_settings():
    found = priced(server(ADDRESSES), ipv4="4")
    assert found.recurring == eur(600 + 4 * 150)
    assert found.setup == eur(4 * 50)
    assert found.settings == {"ipv4": 1 + 4}
    assert found.choices == (("More addresses", "4 IPv4"),)


@pytest.mark.parametrize(
    "typed", ["-1", "1.5", "1e9", "NaN", "", "\uff11", "9", "10", "3", "0x2", "1_0", " ", "999999999999"]
)
def test_B037_B039_a_quantity_below_above_or_off_step_is_refused_by_name(typed):
    with pytest.raises(InvalidInput) as refused:
        priced(server(ADDRESSES), ipv4=typed)
    assert refused.value.field == "ipv4"


def test_an_option_that_is_not_asked_is_not_read():
    product = server(BACKUPS, KEPT)
    hidden = priced(product, backups="no", kept="month")
    assert (hidden.recurring, hidden.selection) == (eur(600), {"backups": "no"})
    assert priced(product, backups="no", kept="nonsense").recurring == eur(600)
    shown = priced(product, backups="yes", kept="month")
    assert (shown.recurring, shown.selection["kept"]) == (eur(600 + 200 + 300), "month")


def test_what_hangs_on_a_hidden_option_is_hidden_as_well():
    deeper = NewOption(
        "where", "Where", (NewChoice("a", "A", {}, {"1 month": eur(900)}),), shown_if=("kept", "month")
    )
    found = priced(server(BACKUPS, KEPT, deeper), backups="no", kept="month", where="a")
    assert found.recurring == eur(600)


def test_B039_a_required_choice_has_no_default():
    with pytest.raises(InvalidInput) as refused:
        priced(server(PLACE))
    assert refused.value.field == "place"
    assert priced(server(PLACE), place="riga").selection == {"place": "riga"}


@pytest.mark.parametrize("typed", ["on", "1", "YES", "yes "])
def test_B039_yes_is_yes_and_nothing_else(typed):
    with pytest.raises(InvalidInput) as refused:
        priced(server(BACKUPS), backups=typed)
    assert refused.value.field == "backups"


WRONG = [
    ("key", {"key": "Bad key"}),
    ("title", {"title": " "}),
    ("kind", {"kind": "slider"}),
    ("choices", {"choices": ()}),
    ("choices", {"choices": (NewChoice("a", "A"), NewChoice("a", "B"))}),
    ("choices", {"choices": (NewChoice("A B", "A"),)}),
    ("maximum", {"kind": "quantity", "minimum": 5, "maximum": 4}),
    ("minimum", {"kind": "quantity", "minimum": -1}),
    ("step", {"kind": "quantity", "step": 0}),
    ("choices", {"kind": "quantity", "choices": (NewChoice("unit", "U", {"ipv4": "many"}),)}),
    ("shown_if", {"shown_if": ("later", "yes")}),
    ("key", {"key": "disk"}),
]


@pytest.mark.parametrize(("field", "facts"), WRONG)
def test_an_option_that_makes_no_sense_is_refused_by_name(trade, field, facts):
    facts = {"key": "colour", "title": "Colour", "choices": (NewChoice("a", "A"),)} | facts
    with trade.work.write() as uow, pytest.raises(InvalidInput) as refused:
        add_option(uow, products.product_by_slug(uow, "vps-s"), NewOption(**facts))
    assert refused.value.field == field


def test_an_option_is_changed_in_place_and_cannot_go_while_another_needs_it(trade):
    with trade.work.write() as uow:
        product = products.product_by_slug(uow, "web-pro")
        add_option(uow, product, BACKUPS)
        add_option(uow, product, KEPT)
    with trade.work.write() as uow:
        product = products.product_by_slug(uow, "web-pro")
        backups, kept = product.options
        with pytest.raises(InvalidInput):
            remove_option(uow, product, backups)
        ids = [choice.id for choice in kept.choices]
        dearer = NewChoice("month", "A month", {}, {"1 month": eur(400)})
        change_option(
            uow,
            product,
            kept,
            NewOption(
                "kept", "Kept for", (NewChoice("week", "One week"), dearer), shown_if=("backups", "yes")
            ),
        )
        assert [choice.id for choice in kept.choices] == ids
    with trade.work.write() as uow:
        product = products.product_by_slug(uow, "web-pro")
        found = configure(product, "1 month", "EUR", {"backups": "yes", "kept": "month"}, uow.today())
        assert found.recurring == eur(700 + 200 + 400)
        remove_option(uow, product, product.options[1])
        remove_option(uow, product, product.options[0])
    with trade.work.read() as uow:
        assert products.product_by_slug(uow, "web-pro").options == []
