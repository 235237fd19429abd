"""Folds of the other reports: nothing is lost on the way from days to months, and every rate is of a whole."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.reports.business.ageing import rules as ageing
from ezcore.reports.business.ageing.rules import Age, Open
from ezcore.reports.business.churn import rules as churn
from ezcore.reports.business.churn.rules import Clients, Services
from ezcore.reports.business.months import Months
from ezcore.reports.business.product import rules as product
from ezcore.reports.business.product.rules import Sold
from ezcore.reports.business.revenue import rules as revenue
from ezcore.reports.business.revenue.rules import Moved, Side
from ezcore.reports.business.support import rules as support
from ezcore.reports.business.support.rules import Talk
from ezcore.reports.business.tax import rules as tax
from ezcore.reports.business.tax.rules import Kind, Taxed

QUARTER = Months(date(2026, 1, 1), date(2026, 3, 1))
days = st.dates(QUARTER.first, QUARTER.last_day)
amounts = st.integers(-(10**9), 10**9)


@pytest.mark.parametrize(
    ("late", "age"),
    [(-1, Age.NOT_YET), (0, Age.TO_30), (30, Age.TO_30), (31, Age.TO_60), (60, Age.TO_60), (61, Age.TO_90),
     (90, Age.TO_90), (91, Age.OVER_90), (4000, Age.OVER_90)],
)  # fmt: skip
def test_an_age_begins_on_the_day_after_the_one_before(late, age):
    today = date(2026, 5, 1)
    assert ageing.age_of(today - timedelta(days=late), today) is age


@given(st.lists(st.builds(Open, st.dates(), st.integers(1, 9), amounts)))
def test_all_ages_together_are_all_that_is_open(opened):
    rows = ageing.fold(opened, date(2026, 5, 1), "EUR")
    assert [row.age for row in rows] == list(Age)
    assert sum(row.amount.minor for row in rows) == sum(one.minor for one in opened)
    assert sum(row.invoices for row in rows) == sum(one.invoices for one in opened)


kinds = st.sampled_from(("invoice", "credit_note", "cancellation", "payment", "refund", "payout"))


@given(st.lists(st.builds(Moved, days, kinds, st.sampled_from(Side), amounts)))
def test_net_and_kept_are_the_sums_of_the_books(moved):
    rows = revenue.fold(QUARTER, "EUR", moved)
    sums = revenue.total(rows, "EUR", QUARTER.first)
    assert sums.net.minor == -sum(one.minor for one in moved if one.side is Side.SOLD)
    assert sums.kept.minor == sum(one.minor for one in moved if one.side is Side.CASH)
    for at, row in enumerate(rows):
        mine = [one for one in moved if one.on.month == at + 1 and one.side is Side.SOLD]
        assert row.net.minor == -sum(one.minor for one in mine)


taxes = st.builds(
    Kind, st.sampled_from(("DE", "EE")), st.just("VAT"), st.sampled_from((0, 220_000)), st.just("S")
)


@given(st.lists(st.builds(Taxed, days, taxes, amounts, amounts)))
def test_tax_by_country_by_month_and_by_both_is_the_same_tax(taxed):
    folded = (
        tax.by_kind(taxed, "EUR"),
        tax.by_month(QUARTER, taxed, "EUR"),
        tax.by_kind_and_month(taxed, "EUR"),
    )
    for rows in folded:
        assert sum(row.tax.minor for row in rows) == sum(one.tax_minor for one in taxed)
        assert sum(row.base.minor for row in rows) == sum(one.base_minor for one in taxed)


sales = st.builds(Sold, days, st.one_of(st.none(), st.integers(1, 6)), amounts, amounts)


@given(st.lists(sales), st.integers(1, 4))
def test_products_lose_nothing_and_the_others_are_all_that_is_not_drawn(sold, drawn):
    rows = product.fold(QUARTER, "EUR", sold)
    net = sum(one.invoiced_minor - one.taken_back_minor for one in sold)
    assert sum(row.net.minor for row in rows) == net
    assert [row.net for row in rows] == sorted((row.net for row in rows), reverse=True)
    first, others = product.largest(rows, drawn)
    assert sum(one.minor for row in first for one in row.by_month) + sum(one.minor for one in others) == net


def places(last):
    return st.one_of(st.none(), st.integers(0, last))


services = st.builds(Services, st.integers(-1, 2), places(3), st.integers(1, 5)).filter(
    lambda one: one.ended is None or one.ended >= one.began
)
clients = st.builds(Clients, st.lists(st.booleans(), min_size=4, max_size=4), st.integers(1, 5))


@given(st.lists(services), st.lists(clients))
def test_who_stood_less_who_left_and_with_who_came_and_stayed_stands_at_the_next_begin(services, clients):
    rows = churn.fold(QUARTER, services, clients)
    for at, (row, following) in enumerate(pairwise(rows)):
        gone = sum(one.count for one in services if one.began == one.ended == at)
        assert row.services.begin + row.services.came - row.services.lost - gone == following.services.begin
        assert row.clients.begin + row.clients.came - row.clients.lost == following.clients.begin
    for row in rows:
        assert 0 <= row.services.lost <= row.services.begin
        assert 0 <= row.clients.lost <= row.clients.begin


waits = st.one_of(st.none(), st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)))
talks = st.builds(Talk, st.integers(0, 2), st.integers(1, 3), st.just(True), waits, waits)


@given(st.lists(talks))
def test_every_ticket_is_in_one_month_and_one_department(found):
    months, rooms = support.by_month(QUARTER, found), support.by_department(found, [1, 2, 3])
    counts = support.by_department_and_month(QUARTER, found, [1, 2, 3])
    assert sum(row.tickets for row in months) == sum(row.tickets for row in rooms) == len(found)
    assert [sum(row) for row in counts] == [row.tickets for row in months]


@given(st.lists(st.integers(0, 1000), min_size=1).map(sorted), st.sampled_from((50, 90)))
def test_so_many_percent_of_the_waits_are_not_longer_and_one_shorter_would_not_do(seconds, percent):
    sorted_waits = [timedelta(seconds=one) for one in seconds]
    found = support.at_most(sorted_waits, percent)
    assert sum(one <= found for one in sorted_waits) * 100 >= percent * len(sorted_waits)
    assert sum(one < found for one in sorted_waits) * 100 < percent * len(sorted_waits)


def test_no_wait_is_no_time():
    assert support.at_most([], 50) is None
