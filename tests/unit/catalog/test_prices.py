"""What a configured product costs: cycle, choices, setup fee; and what cannot be sold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.catalog.products import rules
from ezcore.catalog.products.models import ALWAYS, ChoicePrice, OptionChoice, Price, Product, ProductOption
from ezcore.catalog.products.rules import per_month
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money


def configure(product, cycle, currency, choices, on=date(2027, 1, 1)):
    return rules.configure(product, cycle, currency, choices, on)


def price(amount, setup=0, cycle="1 month", currency="EUR"):
    return Price(
        cycle_name=cycle, currency=currency, amount_minor=amount, setup_minor=setup, on_sale_from=ALWAYS
    )


def choice(key, extra=0, **settings):
    prices = [ChoicePrice(cycle_name="1 month", currency="EUR", amount_minor=extra)] if extra else []
    return OptionChoice(key=key, title=key.upper(), settings=settings, prices=prices)


@pytest.fixture
def server():
    memory = ProductOption(
        key="memory", title="Memory", choices=[choice("2g"), choice("4g", 300, memory_mb=4096)]
    )
    place = ProductOption(key="place", title="Place", choices=[choice("tallinn"), choice("riga", -50)])
    return Product(
        name="VPS",
        settings={"cores": 1, "memory_mb": 2048},
        prices=[price(600, 900), price(6000, 0, "1 year"), price(700, 0, currency="USD")],
        options=[memory, place],
    )


def test_the_first_choices_cost_what_the_card_says(server):
    found = configure(server, "1 month", "EUR", {})
    assert (found.recurring, found.setup, found.due_now) == (
        Money(600, "EUR"),
        Money(900, "EUR"),
        Money(1500, "EUR"),
    )
    assert found.choices == (("Memory", "2G"), ("Place", "TALLINN"))


def test_choices_add_to_every_cycle_and_change_what_the_module_builds(server):
    found = configure(server, "1 month", "EUR", {"memory": "4g", "place": "riga"})
    assert found.recurring == Money(850, "EUR")
    assert found.settings == {"cores": 1, "memory_mb": 4096}
    assert server.settings["memory_mb"] == 2048


def test_a_choice_without_a_price_for_this_cycle_costs_nothing_more(server):
    assert configure(server, "1 year", "EUR", {"memory": "4g"}).recurring == Money(6000, "EUR")


@pytest.mark.parametrize(
    ("cycle", "currency"), [("2 months", "EUR"), ("0", "EUR"), ("-12", "EUR"), ("", "EUR"), ("1 year", "USD")]
)
def test_B040_a_term_that_is_not_sold_is_refused(server, cycle, currency):
    with pytest.raises(InvalidInput) as refused:
        configure(server, cycle, currency, {})
    assert refused.value.field == "cycle"


@pytest.mark.parametrize("answer", ["8g", "tallinn", "2G", " 2g", "1"])
def test_B039_a_choice_of_another_option_is_refused_by_name(server, answer):
    with pytest.raises(InvalidInput) as refused:
        configure(server, "1 month", "EUR", {"memory": answer})
    assert refused.value.field == "memory"


def test_B041_whatever_else_was_sent_changes_nothing(server):
    sent = {"price": "0.01", "setup_minor": "0", "cores": "64"}
    assert configure(server, "1 month", "EUR", sent).due_now == Money(1500, "EUR")
    assert configure(server, "1 month", "EUR", sent).selection == {"memory": "2g", "place": "tallinn"}


@given(amount=st.integers(0, 10**9), months=st.sampled_from([1, 3, 6, 12, 24, 36]))
def test_the_price_per_month_is_within_half_a_cent_of_the_truth(amount, months):
    cycle = "1 month" if months == 1 else f"{months} months"
    shown = per_month(price(amount, cycle=cycle)).minor
    assert abs(2 * (shown * months - amount)) <= months


def test_a_year_is_twelve_months():
    assert per_month(price(6000, cycle="1 year")) == Money(500, "EUR")
    assert per_month(price(1000, cycle="2 years")) == Money(42, "EUR")
    assert per_month(price(700, cycle="2 weeks")) == Money(700, "EUR")
