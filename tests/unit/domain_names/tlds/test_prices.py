"""Prices of endings: margins round upwards, typed prices win, and products say what the table says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import prices_on
from ezcore.domain_names.tlds import operations as tlds
from ezcore.domain_names.tlds import queries
from ezcore.domain_names.tlds.rules import Margin, YearsPrice, prices_of, with_margin
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.registrar import TldTerms
from tests.fixtures_domains import eur


def usd(text):
    return Money.parse(text, "USD")


def terms(tld="com", register="10.00", **facts):
    return TldTerms(
        tld=tld, register_price=usd(register), renew_price=usd(register), transfer_price=usd("9.00"),
        restore_price=usd("70.00"), max_years=3, grace_days=30, redemption_days=30, **facts,
    )  # fmt: skip


def test_a_margin_is_a_part_then_an_amount_then_an_ending():
    margin = Margin(percent_ppm=200_000, fixed_minor=50, ending_minor=99, rate_ppm=900_000)
    assert with_margin(usd("10.00"), margin, "EUR") == eur("11.99")
    assert with_margin(usd("10.42"), margin, "EUR") == eur("11.99")
    assert with_margin(usd("10.50"), margin, "EUR") == eur("11.99")
    assert with_margin(usd("10.65"), margin, "EUR") == eur("12.99")
    assert with_margin(Money(1000, "JPY"), Margin(rate_ppm=6_000), "EUR") == eur("6.00")
    assert with_margin(usd("10.00"), Margin(rate_ppm=150_000_000), "JPY") == Money(1500, "JPY")


@given(
    st.integers(0, 10**7), st.integers(0, 2_000_000), st.integers(0, 10_000), st.integers(1, 5_000_000),
    st.none() | st.integers(0, 99),
)  # fmt: skip
def test_a_price_is_never_below_what_cost_and_margin_make(cost, percent, fixed, rate, ending):
    price = with_margin(Money(cost, "USD"), Margin(percent, fixed, ending, rate), "EUR")
    assert price.minor * 10**12 >= cost * rate * (10**6 + percent) + fixed * 10**12
    assert ending is None or price.minor % 100 == ending


def test_a_rate_that_is_none_is_refused():
    with pytest.raises(InvalidInput, match="rate"):
        with_margin(usd("1.00"), Margin(rate_ppm=0), "EUR")
    with pytest.raises(InvalidInput, match="rate is 1"):
        with_margin(eur("1.00"), Margin(rate_ppm=900_000), "EUR")


def test_more_years_cost_the_first_year_and_renewals():
    made = prices_of(terms(register="10.00"), Margin(), "USD")
    assert [(one.years, one.register, one.renew) for one in made] == [
        (1, usd("10.00"), usd("10.00")), (2, usd("20.00"), usd("20.00")), (3, usd("30.00"), usd("30.00")),
    ]  # fmt: skip
    assert made[0].transfer == usd("9.00")
    assert made[1].transfer is None


def test_an_ending_is_a_product_with_a_first_term_and_a_renewal(names):
    with names.trade.work.read() as uow:
        product = products.product_by_slug(uow, "domain-com")
        shown = {(one.cycle_name, one.first, one.amount) for one in prices_on(product, uow.today())}
        transfer = products.product_by_slug(uow, "transfer-com")
        moved = {(one.cycle_name, one.first, one.amount) for one in prices_on(transfer, uow.today())}
        assert "domain-names" not in [group.slug for group in products.store_groups(uow)]
    assert shown == {("1 year", eur("9.00"), eur("12.00")), ("2 years", eur("21.00"), eur("24.00"))}
    assert moved == {("1 year", eur("8.00"), eur("12.00"))}


def test_an_import_is_shown_first_and_leaves_typed_prices_alone(names):
    with names.trade.work.write() as uow:
        margin = Margin(percent_ppm=100_000, rate_ppm=900_000)
        rows = tlds.preview_import(uow, "toyreg", [terms("com"), terms("net")], margin, "EUR")
        com, net = rows
        assert (com.kept, com.is_new, net.is_new, net.changes) == ((1, 2), False, True, True)
        assert queries.by_name(uow, "net") is None
        assert tlds.take_in(uow, "toyreg", rows, {"com", "net"}, margin, "EUR") == 2
    with names.trade.work.read() as uow:
        kept = queries.price(queries.by_name(uow, "com"), "EUR", 1)
        added = queries.price(queries.by_name(uow, "com"), "EUR", 3)
        made = queries.price(queries.by_name(uow, "net"), "EUR", 1)
        assert (kept.register_price, kept.explicit) == (eur("9.00"), True)
        assert (added.register_price, added.explicit) == (eur("29.70"), False)
        assert (made.register_price, made.explicit) == (eur("9.90"), False)
        assert queries.margin_of(uow, "toyreg", "EUR").percent_ppm == 100_000


def test_a_term_that_is_not_sold_any_more_leaves_the_store(names):
    with names.trade.work.write() as uow:
        tld = queries.by_name(uow, "com")
        tlds.set_prices(uow, tld, "EUR", [YearsPrice(1, eur("10.00"), eur("13.00"))])
    with names.trade.work.read() as uow:
        product = products.product_by_slug(uow, "domain-com")
        now = {(one.cycle_name, one.first) for one in prices_on(product, uow.today())}
        transfer = uow.session.scalars(select(Product).where(Product.slug == "transfer-com")).one()
        assert transfer.hidden
    assert now == {("1 year", eur("10.00"))}


def test_only_who_keeps_the_catalog_changes_endings(names):
    clerk = Actor("staff", 1, None, frozenset({"staff.read"}), "Clerk")
    with names.trade.work.write(clerk) as uow, pytest.raises(NotAllowed):
        tlds.add(uow, tlds.TldFacts("org", "toyreg"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"min_years": 0}, "max_years"), ({"max_years": 11}, "max_years"), ({"grace_days": 999}, "grace_days"),
     ({"name": "x y"}, "name"), ({"name": "com"}, "name"), ({"registrar": ""}, "registrar")],
)  # fmt: skip
def test_rules_of_an_ending_that_cannot_be_are_refused(names, facts, field):
    with names.trade.work.write() as uow, pytest.raises(InvalidInput) as refusal:
        tlds.add(uow, tlds.TldFacts(**({"name": "org", "registrar": "toyreg"} | facts)))
    assert refusal.value.field == field
