"""What a promotion takes off, from whom and for what: amounts by hand, and never below zero."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ezcore.catalog.promotions.models import Promotion, PromotionAmount
from ezcore.catalog.promotions.operations import Terms, create
from ezcore.catalog.promotions.rules import (
    Buyer,
    Wanted,
    billings_left,
    code_key,
    discount,
    discount_of,
    discounts,
    fits,
)
from ezcore.catalog.promotions.words import sentence
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.kernel.money import Money

TODAY = date(2027, 3, 10)


def eur(minor):
    return Money(minor, "EUR")


def promotion(kind="percent", amounts=(), **facts):
    made = {"percent_ppm": 200_000, "cycles": [], "products": [], "used": 0, "code": "WELCOME20"} | facts
    rows = [PromotionAmount(currency=one.currency, amount_minor=one.minor) for one in amounts]
    return Promotion(kind=kind, amounts=rows, **made)


def line(recurring=1200, setup=900, product=1, cycle="1 month"):
    return Wanted(product, cycle, eur(recurring), eur(setup))


# Kind, terms, recurring, setup -> off the recurring amount, off the setup fee.
GOLDEN = [
    ("20 % of 12.00 is 2.40", promotion(), 1200, 900, 240, 0),
    ("20 % of 12.03 is 2.406, half up", promotion(), 1203, 0, 241, 0),
    ("12.5 % of 0.04 is half a cent", promotion(percent_ppm=125_000), 4, 0, 1, 0),
    ("20 % of both", promotion(on_setup=True), 1200, 900, 240, 180),
    ("everything", promotion(percent_ppm=1_000_000), 1200, 900, 1200, 0),
    ("everything and the setup", promotion(percent_ppm=1_000_000, on_setup=True), 1200, 900, 1200, 900),
    ("5.00 off", promotion("fixed", [eur(500)]), 1200, 900, 500, 0),
    ("50.00 off 12.00 is 12.00", promotion("fixed", [eur(5000)]), 1200, 900, 1200, 0),
    ("15.00 off, the rest off the setup", promotion("fixed", [eur(1500)], on_setup=True), 1200, 900, 1200, 300),
    ("50.00 off all of it", promotion("fixed", [eur(5000)], on_setup=True), 1200, 900, 1200, 900),
    ("5.00 instead", promotion("price_override", [eur(500)]), 1200, 900, 700, 0),
    ("20.00 instead is dearer", promotion("price_override", [eur(2000)]), 1200, 900, 0, 0),
    ("no setup", promotion("free_setup"), 1200, 900, 0, 900),
    ("other currency", promotion("fixed", [Money(500, "USD")]), 1200, 900, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize("case", GOLDEN, ids=[case[0] for case in GOLDEN])
def test_B048_what_is_taken_off_is_what_one_reckons_by_hand(case):
    _, terms, recurring, setup, off, off_setup = case
    found = discount(terms, eur(recurring), eur(setup))
    assert (found.recurring, found.setup) == (eur(off), eur(off_setup))


def test_a_yen_has_no_half():
    assert discount_of(promotion(percent_ppm=330_000), Money(100, "JPY")) == Money(33, "JPY")
    assert discount_of(promotion(percent_ppm=335_000), Money(100, "JPY")) == Money(34, "JPY")


kinds = st.sampled_from(["percent", "fixed", "price_override", "free_setup"])


@settings(max_examples=1000)
@given(
    kind=kinds, ppm=st.integers(0, 1_000_000), given_minor=st.integers(0, 10**9), on_setup=st.booleans(),
    once=st.booleans(), amounts=st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=4),
)  # fmt: skip
def test_H05_no_line_is_ever_worth_less_than_nothing(kind, ppm, given_minor, on_setup, once, amounts):
    terms = promotion(kind, [eur(given_minor)], percent_ppm=ppm, on_setup=on_setup, once_per_order=once)
    lines = [line(recurring, setup) for recurring, setup in amounts]
    found = discounts(terms, lines)
    assert len(found) == len(lines)
    for one, cut in zip(lines, found, strict=True):
        assert eur(0) <= cut.recurring <= one.recurring
        assert eur(0) <= cut.setup <= one.setup
    if once:
        assert sum(cut.total.is_positive for cut in found) <= 1


def test_only_the_products_and_cycles_that_are_meant():
    terms = promotion(products=[1, 2], cycles=["1 year"])
    lines = [line(product=1), line(product=1, cycle="1 year"), line(product=3, cycle="1 year")]
    assert [cut.total for cut in discounts(terms, lines)] == [eur(0), eur(240), eur(0)]


def test_once_per_order_is_the_dearest_line():
    cuts = discounts(promotion(once_per_order=True), [line(1000), line(3000), line(2000)])
    assert [cut.total for cut in cuts] == [eur(0), eur(600), eur(0)]


REFUSED = [
    ("not yet", {"starts_on": date(2027, 3, 11)}, Buyer()),
    ("over", {"ends_on": date(2027, 3, 10)}, Buyer()),
    ("used up", {"max_uses": 3, "used": 3}, Buyer()),
    ("had it", {"once_per_client": True}, Buyer(used_before=1)),
    ("not new", {"new_clients_only": True}, Buyer(is_new=False)),
    ("needs another product", {"requires_product_id": 9}, Buyer()),
    ("another product", {"products": [9]}, Buyer()),
    ("another cycle", {"cycles": ["1 year"]}, Buyer()),
    ("cuts nothing", {"percent_ppm": 0}, Buyer()),
]


@pytest.mark.parametrize(("facts", "buyer"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_B047_who_may_not_use_it(facts, buyer):
    assert not fits(promotion(**facts), [line()], buyer, TODAY)


ALLOWED = [
    ("first day", {"starts_on": date(2027, 3, 10)}, Buyer()),
    ("last day", {"ends_on": date(2027, 3, 11)}, Buyer()),
    ("last use", {"max_uses": 3, "used": 2}, Buyer()),
    ("had another", {}, Buyer(used_before=1)),
    ("has the product already", {"requires_product_id": 9}, Buyer(ran_products=[9])),
    ("the product is in the cart", {"requires_product_id": 1}, Buyer()),
]


@pytest.mark.parametrize(("facts", "buyer"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_who_may_use_it(facts, buyer):
    assert fits(promotion(**facts), [line()], buyer, TODAY)


def test_how_many_renewals_are_cut():
    assert billings_left(promotion(recurrences=3), recurs=True) == 2
    assert billings_left(promotion(recurrences=1), recurs=True) == 0
    assert billings_left(promotion(recurrences=None), recurs=True) is None
    assert billings_left(promotion(recurrences=None), recurs=False) == 0
    assert billings_left(promotion("free_setup", recurrences=None), recurs=True) == 0


@pytest.mark.parametrize("typed", ["welcome20", " WELCOME20 ", "Welcome20"])
def test_upper_and_lower_case_are_one_code(typed):
    assert code_key(typed) == "WELCOME20"


@pytest.mark.parametrize(
    "typed", ["", "%", "' OR '1'='1", "A" * 41, "A" * 1_000_000, "\uff37ELCOME", "A B", "_A"]
)
def test_B047_what_cannot_be_a_code_is_none(typed):
    assert code_key(typed) is None


def test_the_sentence_says_everything():
    terms = promotion(
        products=[1], recurrences=3, new_clients_only=True, once_per_client=True, max_uses=100,
        ends_on=date(2028, 1, 1),
    )  # fmt: skip
    assert sentence(terms, {1: "VPS M"}) == (
        "20 % off VPS M for the first 3 billings, for new clients, once per client, 100 times in all,"
        " until 2027-12-31."
    )
    assert sentence(promotion("free_setup"), {}) == "No setup fee for everything."
    override = promotion("price_override", [eur(500)], recurrences=1, cycles=["1 month", "1 year"])
    assert sentence(override, {}) == (
        "5.00 EUR instead of the list price for everything for the first billing when paid per month or per year."
    )


WRONG = [
    ("code", {"code": "A B"}),
    ("code", {"code": ""}),
    ("kind", {"kind": "gift"}),
    ("percent", {"percent_ppm": 0}),
    ("percent", {"percent_ppm": 1_000_001}),
    ("amounts", {"kind": "fixed"}),
    ("amounts", {"kind": "fixed", "amounts": (Money(0, "EUR"),)}),
    ("amounts", {"kind": "fixed", "amounts": (Money(-5, "EUR"),)}),
    ("amounts", {"kind": "price_override", "amounts": (Money(5, "EUR"), Money(6, "EUR"))}),
    ("recurrences", {"recurrences": 0}),
    ("max_uses", {"max_uses": -1}),
    ("ends_on", {"starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 2)}),
]


@pytest.mark.parametrize(("field", "facts"), WRONG)
def test_terms_that_make_no_sense_are_refused_by_name(trade, field, facts):
    with trade.work.write() as uow, pytest.raises(InvalidInput) as refused:
        create(uow, Terms(**{"code": "SPRING", "kind": "percent", "percent_ppm": 100_000} | facts))
    assert refused.value.field == field


def test_a_code_is_there_once_whatever_its_case(trade):
    with trade.work.write() as uow:
        create(uow, Terms("Spring", "free_setup"))
    with trade.work.write() as uow, pytest.raises(InvalidInput) as refused:
        create(uow, Terms("SPRING", "free_setup"))
    assert refused.value.field == "code"


def test_a_client_makes_no_promotions(trade):
    with trade.work.write(trade.newcomer()) as uow, pytest.raises(NotAllowed):
        create(uow, Terms("MINE", "percent", 1_000_000))
