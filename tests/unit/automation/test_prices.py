"""A new price is for those who buy from its day on; who runs moves at the stated renewal, or never."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Price
from ezcore.catalog.products.operations import WantedPrice, set_prices, stop_selling
from ezcore.catalog.products.rules import configure
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.kernel.money import Money


def eur(minor):
    return Money(minor, "EUR")


def reprice(trade, minor, since, running=None, slug="web-start"):
    with trade.work.write() as uow:
        product = products.product_by_slug(uow, slug)
        want = WantedPrice("1 month", eur(minor), eur(0))
        made = set_prices(uow, product, [want], on_sale_from=since, running_from=running)
        return [one.id for one in made]


def price_on(trade, day, slug="web-start"):
    with trade.work.read() as uow:
        return configure(products.product_by_slug(uow, slug), "1 month", "EUR", {}, day).recurring


def renew(trade, service, day):
    trade.go_to(day)
    trade.run("prices")
    trade.run("renewals")
    for invoice in trade.unpaid():
        trade.pay(invoice)
    return trade.service(service)


def test_a_price_counts_from_its_day(trade):
    reprice(trade, 400, date(2027, 3, 1))
    assert price_on(trade, date(2027, 2, 28)) == eur(350)
    assert price_on(trade, date(2027, 3, 1)) == eur(400)


def test_the_same_price_again_is_no_new_version(trade):
    assert reprice(trade, 350, date(2027, 3, 1)) == []
    assert len(reprice(trade, 400, date(2027, 3, 1))) == 1
    assert reprice(trade, 400, date(2027, 3, 1)) == []


def test_who_runs_keeps_the_price_for_ever_when_no_day_is_stated(trade):
    service = trade.active_service()
    reprice(trade, 500, date(2027, 2, 1))
    assert renew(trade, service, date(2027, 2, 21)).price == eur(350)
    assert trade.run("prices").lines == []


def test_who_runs_moves_at_the_first_renewal_on_or_after_the_day(trade):
    """Periods: 31 Jan, 28 Feb, 31 Mar. From 15 March on: the renewal of 28 February still costs the old price."""
    service = trade.active_service()
    [new] = reprice(trade, 500, date(2027, 2, 1), date(2027, 3, 15))
    assert renew(trade, service, date(2027, 2, 21)).price == eur(350)
    moved = renew(trade, service, date(2027, 3, 24))
    assert (moved.price, moved.price_id) == (eur(500), new)
    with trade.work.read() as uow:
        from ezcore.billing.invoices.models import InvoiceLine

        lines = uow.session.scalars(select(InvoiceLine).order_by(InvoiceLine.id)).all()
    assert [line.amount_minor for line in lines] == [350, 350, 500]
    assert lines[2].price_id in (new, None)


def test_not_a_day_before_it_is_invoiced_and_twice_is_once(each_trade):
    service = each_trade.active_service()
    reprice(each_trade, 500, date(2027, 2, 1), date(2027, 2, 28))
    each_trade.go_to(date(2027, 2, 1))
    assert each_trade.run("prices").lines == []
    each_trade.go_to(date(2027, 2, 21))
    assert len(each_trade.run("prices", preview=True).lines) == 1
    assert each_trade.service(service).price == eur(350)
    assert len(each_trade.run("prices").lines) == 1
    assert each_trade.run("prices").lines == []
    assert each_trade.service(service).price == eur(500)


def test_options_keep_what_they_were_sold_for(trade):
    ann = trade.newcomer()
    trade.pay(trade.order(ann, "vps-s", disk="double"))
    trade.settle()
    reprice(trade, 900, date(2027, 2, 1), date(2027, 2, 28), "vps-s")
    trade.go_to(date(2027, 2, 21))
    [line] = trade.run("prices").lines
    assert "9.00 EUR becomes 12.00 EUR" in line


def test_two_versions_are_one_move_to_the_later(trade):
    service = trade.active_service()
    reprice(trade, 400, date(2027, 2, 1), date(2027, 2, 20))
    reprice(trade, 450, date(2027, 2, 5), date(2027, 2, 25))
    reprice(trade, 470, date(2027, 2, 6))
    assert renew(trade, service, date(2027, 2, 21)).price == eur(450)


def test_what_is_not_sold_any_more_still_renews(trade):
    service = trade.active_service()
    with trade.work.write() as uow:
        stop_selling(uow, products.product_by_slug(uow, "web-start"), "1 month", "EUR", uow.today())
    with pytest.raises(InvalidInput):
        price_on(trade, trade.today())
    assert renew(trade, service, date(2027, 2, 21)).billed_until == date(2027, 3, 31)


WRONG = [
    ("amount", [WantedPrice("1 month", eur(-1), eur(0))], {}),
    ("setup", [WantedPrice("1 month", eur(1), eur(-1))], {}),
    ("first", [WantedPrice("1 month", eur(1), eur(0), eur(-1))], {}),
    ("cycle", [WantedPrice("1 month", eur(1), eur(0)), WantedPrice("1 month", eur(2), eur(0))], {}),
    ("cycle", [WantedPrice("0 months", eur(1), eur(0))], {}),
    ("on_sale_from", [], {"on_sale_from": date(2027, 1, 30)}),
    ("running_from", [], {"on_sale_from": date(2027, 3, 1), "running_from": date(2027, 2, 1)}),
]


@pytest.mark.parametrize(("field", "wanted", "dates"), WRONG)
def test_prices_that_make_no_sense_are_refused_by_name(trade, field, wanted, dates):
    with trade.work.write() as uow:
        product = products.product_by_slug(uow, "web-start")
        with pytest.raises(InvalidInput) as refused:
            set_prices(uow, product, wanted, **{"on_sale_from": date(2027, 2, 1)} | dates)
    assert refused.value.field == field


def test_only_who_manages_the_catalog_sets_prices(trade):
    with trade.work.write(trade.newcomer()) as uow:
        product = products.product_by_slug(uow, "web-start")
        with pytest.raises(NotAllowed):
            set_prices(uow, product, [], on_sale_from=date(2027, 2, 1))


def test_every_version_stays(trade):
    reprice(trade, 400, date(2027, 2, 1))
    reprice(trade, 450, date(2027, 2, 1))
    with trade.work.read() as uow:
        product = products.product_by_slug(uow, "web-start")
        kept = uow.session.scalars(
            select(Price.amount_minor)
            .where(Price.product_id == product.id, Price.cycle_name == "1 month")
            .order_by(Price.id)
        ).all()
    assert kept == [350, 400, 450]
    assert price_on(trade, date(2027, 2, 1)) == eur(450)
