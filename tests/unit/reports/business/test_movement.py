"""Recurring movement: begin and what was won and lost is the end, for any history of services."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ezcore.catalog.products.operations import WantedPrice, set_prices
from ezcore.catalog.products.queries import product_by_slug
from ezcore.kernel.money import Money
from ezcore.orders.changes import operations as changes
from ezcore.orders.changes import queries as wishes
from ezcore.reports.business.months import Months, place_of
from ezcore.reports.business.movement.queries import movement
from ezcore.reports.business.movement.rules import Change, Standing, deltas, fold, monthly
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service

HALF_YEAR = Months(date(2026, 1, 1), date(2026, 6, 1))
STARTS = HALF_YEAR.starts("Europe/Tallinn")
CYCLES = ("1 month", "3 months", "1 year", "2 years", "4 weeks", "30 days")
FIRST = datetime(2025, 11, 1, tzinfo=UTC)
moments = st.integers(0, 300).map(lambda days: FIRST + timedelta(days=days, hours=7))
prices = st.tuples(st.integers(0, 99_999), st.sampled_from(CYCLES))


@st.composite
def lives(draw):
    """When a service began and ended, and its price from each of its moments on."""
    days = sorted(draw(st.sets(moments, min_size=1, max_size=5)))
    ended = days.pop() if len(days) > 1 and draw(st.booleans()) else None
    return days, ended, [draw(prices) for _ in days]


def told(life):
    """As the database tells of it: today's price, and what each change found."""
    days, ended, worth = life
    price, cycle = worth[-1]
    over = place_of(ended, STARTS) if ended else None
    service = Standing(place_of(days[0], STARTS), over, price, cycle, 1)
    found = [
        Change(at, place_of(at, STARTS), *before)
        for at, before in zip(days[1:], worth, strict=False)
        if at >= STARTS[0]
    ]
    return service, found


def worth_at(life, moment):
    days, ended, worth = life
    if days[0] >= moment or (ended is not None and ended < moment):
        return 0
    return monthly(*[value for at, value in zip(days, worth, strict=True) if at < moment][-1])


def is_of_the_time(life):
    return life[0][0] < STARTS[-1] and (life[1] is None or life[1] >= STARTS[0])


@given(st.lists(lives(), max_size=6))
def test_begin_and_new_and_up_less_down_and_lost_is_the_end_that_services_are_worth_then(histories):
    known = [told(life) for life in histories if is_of_the_time(life)]
    rows = fold(
        HALF_YEAR,
        "EUR",
        [service for service, _ in known],
        [delta for service, found in known for delta in deltas(service, found)],
    )
    assert [row.begin.minor for row in rows] == [
        sum(worth_at(life, start) for life in histories) for start in STARTS[:-1]
    ]
    assert [row.end.minor for row in rows] == [
        sum(worth_at(life, start) for life in histories) for start in STARTS[1:]
    ]
    for row in rows:
        assert row.begin + row.new + row.up - row.down - row.lost == row.end
        assert not any(amount.is_negative for amount in (row.new, row.up, row.down, row.lost))


@pytest.mark.parametrize(
    ("price", "cycle", "worth"),
    [(600, "1 month", 600), (3000, "3 months", 1000), (1000, "1 year", 83), (1006, "1 year", 84),
     (100, "30 days", 101), (100, "1 week", 435), (500, "once", 0), (0, "1 month", 0)],
)  # fmt: skip
def test_a_price_is_worth_its_part_of_a_month(price, cycle, worth):
    assert monthly(price, cycle) == worth


def test_a_change_that_was_ordered_before_another_was_made_counts_once():
    """Ordered at 10 and applied at 20, while the catalogue moved 10 to 12 between: 2 up, then 8."""
    service = Standing(0, None, 2000, "1 month", 1)
    moved = Change(STARTS[1], 1, 1000, None)
    ordered = Change(STARTS[2], 2, 1000, "1 month")
    rows = fold(HALF_YEAR, "EUR", [service], deltas(service, [ordered, moved]))
    assert sum(row.up.minor for row in rows) == 1000
    assert rows[0].new.minor == 1000
    assert rows[-1].end.minor == 2000


def eur(text):
    return Money.parse(text, "EUR")


def new_price(trade, minor, since, running):
    with trade.work.write() as uow:
        want = WantedPrice("1 month", Money(minor, "EUR"), Money(0, "EUR"))
        set_prices(uow, product_by_slug(uow, "web-start"), [want], on_sale_from=since, running_from=running)


def test_a_year_of_services_on_both_databases(each_trade):
    """6.00 becomes 12.00 by an upgrade, 3.50 becomes 5.00 as the catalogue moves; then the second ends."""
    trade = each_trade
    ann = trade.newcomer("Ann")
    trade.pay(trade.order(ann, "vps-s"))
    trade.settle()
    ben = trade.active_service("Ben", "web-start")
    trade.go_to(date(2027, 2, 14))
    with trade.work.write(ann) as uow:
        service = uow.session.scalars(select(Service).where(Service.client_id == ann.client_id)).one()
        wish = wishes.preview(uow, service, "vps-m", "1 month", {}, uow.today())
        assert service.id != ben
        change = changes.request(uow, service, "vps-m", "1 month", {}, wish.document.total)
        number = change.invoice_id
    trade.pay(number)
    trade.settle()
    new_price(trade, 500, date(2027, 2, 15), date(2027, 3, 15))
    trade.go_to(date(2027, 3, 24))
    trade.run("renewals")
    trade.run("prices")
    trade.run("renewals")
    for invoice in trade.unpaid():
        trade.pay(invoice)
    trade.go_to(date(2027, 4, 2))
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, ben), "terminate", "left")
    trade.settle()
    with trade.work.read() as uow:
        rows = movement(uow, Months(date(2027, 1, 1), date(2027, 5, 1)), "EUR")
        later = movement(uow, Months(date(2027, 3, 1), date(2027, 4, 1)), "EUR")
        assert all(
            row.end.is_zero for row in movement(uow, Months(date(2027, 1, 1), date(2027, 5, 1)), "USD")
        )
    moved = {f"{row.month:%m}": (row.new, row.up, row.down, row.lost) for row in rows}
    none = eur("0")
    assert moved["01"] == (eur("9.50"), none, none, none)
    assert moved["02"] == (none, eur("6.00"), none, none)
    assert moved["03"] == (none, eur("1.50"), none, none)
    assert moved["04"] == (none, none, none, eur("5.00"))
    assert rows[-1].end == eur("12.00")
    assert later[0].begin == eur("15.50")
