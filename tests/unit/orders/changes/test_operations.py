"""A service is upgraded and downgraded: what was previewed is what is charged, once, and never locks the service."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.catalog.promotions.operations import Terms, create
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from ezcore.orders.changes import operations as changes
from ezcore.orders.changes import queries
from ezcore.orders.changes.models import ServiceChange
from ezcore.services.services.models import Service
from tests.fixtures_trade import at_once


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


@pytest.fixture
def ann(trade):
    """Ann rents a VPS S at 6.00 a month since 31 January; it is 14 February, and 14 of the 28 days are left."""
    return _renting(trade)


def _renting(trade):
    actor = trade.newcomer("Ann")
    trade.pay(trade.order(actor, "vps-s"))
    trade.settle()
    trade.go_to(date(2027, 2, 14))
    return actor


def preview(trade, actor, slug, cycle="1 month", **selection):
    with trade.work.read(actor) as uow:
        return queries.preview(uow, one(uow, Service), slug, cycle, selection, uow.today())


def one(uow, model):
    return uow.session.scalars(select(model)).one()


def ask(trade, actor, slug, expected, cycle="1 month"):
    with trade.work.write(actor) as uow:
        return changes.request(uow, one(uow, Service), slug, cycle, {}, expected).id


def last_invoice(trade):
    with trade.work.read() as uow:
        return uow.session.scalars(select(Invoice).order_by(Invoice.id.desc()).limit(1)).one()


@pytest.mark.parametrize(("left", "renewal"), [(1, "9.60"), (None, "9.60"), (0, "12.00")])
def test_the_preview_tells_what_the_next_renewal_costs_while_a_code_lasts(trade, ann, left, renewal):
    # VPS M is 12.00 a month; 20 % off is 9.60, as long as a renewal of the code is left
    with trade.work.write() as uow:
        service = one(uow, Service)
        service.promotion_id = create(uow, Terms("SPRING", "percent", percent_ppm=200_000)).id
        service.promotion_left = left
    assert preview(trade, ann, "vps-m").renewal == eur(renewal)


def test_an_upgrade_costs_the_difference_for_the_days_that_are_left(trade, ann):
    # 31 January to 28 February: 28 days; from 14 February 14 are left. (12.00 - 6.00) x 14/28 = 3.00
    found = preview(trade, ann, "vps-m")
    assert (found.proration.unused, found.proration.days) == (14, 28)
    assert found.document.total == eur("3.00")
    ask(trade, ann, "vps-m", eur("3.00"))
    invoice = last_invoice(trade)
    assert invoice.total == eur("3.00")
    with trade.work.read() as uow:
        lines = uow.session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)).all()
        assert [line.amount for line in lines] == [eur("-3.00"), eur("6.00")]
        assert one(uow, Service).price == eur("6.00")
    trade.pay(invoice.id)
    trade.settle()
    with trade.work.read() as uow:
        service = one(uow, Service)
        assert (service.price, service.state, service.open_action) == (eur("12.00"), "active", None)
    assert trade.broken() == []


def test_the_next_renewal_has_the_new_price_and_the_old_anchor(trade, ann):
    ask(trade, ann, "vps-m", eur("3.00"))
    trade.pay(last_invoice(trade).id)
    trade.go_to(date(2027, 2, 25))
    trade.run("renewals")
    with trade.work.read() as uow:
        line = uow.session.scalars(
            select(InvoiceLine).where(InvoiceLine.period_start == date(2027, 2, 28))
        ).one()
        assert (line.amount, line.period_end) == (eur("12.00"), date(2027, 3, 31))
    assert trade.broken() == []


def test_a_renewal_that_was_invoiced_at_the_old_price_is_billed_again_at_the_new_one(trade, ann):
    trade.go_to(date(2027, 2, 24))
    trade.run("renewals")
    old = last_invoice(trade)
    assert old.total == eur("6.00")
    # 4 of 28 days are left: 12.00 x 4/28 = 1.714 -> 1.71, 6.00 x 4/28 = 0.857 -> 0.86
    ask(trade, ann, "vps-m", eur("0.85"))
    trade.pay(last_invoice(trade).id)
    trade.settle()
    assert trade.invoice(old.id).status == "cancelled"
    trade.run("renewals")
    assert last_invoice(trade).total == eur("12.00")
    assert trade.broken() == []


def test_a_downgrade_gives_the_difference_back_as_credit_and_is_applied_at_once(trade):
    actor = trade.newcomer("Ann")
    trade.pay(trade.order(actor, "vps-m"))
    trade.settle()
    trade.go_to(date(2027, 2, 21))
    # 7 of 28 days: 12.00 -> 3.00, 6.00 -> 1.50
    found = preview(trade, actor, "vps-s")
    assert found.gives_back
    assert found.document.total == eur("1.50")
    ask(trade, actor, "vps-s", eur("1.50"))
    with trade.work.read() as uow:
        assert credit.balance(uow, actor.client_id, "EUR") == eur("1.50")
        assert one(uow, Service).price == eur("6.00")
    assert trade.broken() == []


def test_up_and_down_on_one_day_costs_nothing_in_the_end(trade, ann):
    ask(trade, ann, "vps-m", eur("3.00"))
    trade.pay(last_invoice(trade).id)
    trade.settle()
    back = preview(trade, ann, "vps-s")
    assert back.gives_back
    assert back.document.total == eur("3.00")


def test_a_change_that_waits_unpaid_is_replaced_and_its_invoice_cancelled(trade, ann):
    ask(trade, ann, "vps-m", eur("3.00"))
    first = last_invoice(trade)
    ask(trade, ann, "vps-l", eur("9.00"))
    assert trade.invoice(first.id).status == "cancelled"
    trade.pay(last_invoice(trade).id)
    with trade.work.read() as uow:
        assert one(uow, Service).price == eur("24.00")
        states = uow.session.scalars(select(ServiceChange.state).order_by(ServiceChange.id)).all()
        assert states == ["cancelled", "applied"]


def test_the_price_that_was_shown_is_the_price_that_is_charged(trade, ann):
    with pytest.raises(Refused, match="look at it again"):
        ask(trade, ann, "vps-m", eur("2.99"))


@pytest.mark.parametrize("slug", ["web-start", "nothing", "../x"])
def test_a_service_becomes_only_what_its_shelf_offers(trade, ann, slug):
    with pytest.raises(InvalidInput) as refused:
        preview(trade, ann, slug)
    assert refused.value.field == "product"


def test_nothing_changes_by_asking_for_what_it_is(trade, ann):
    with pytest.raises(Refused, match="nothing changes"):
        preview(trade, ann, "vps-s")


def test_another_client_cannot_change_it(trade, ann):
    bob = trade.newcomer("Bob")
    with pytest.raises(NotAllowed):
        ask(trade, bob, "vps-m", eur("3.00"))


def test_a_yearly_cycle_begins_at_the_next_renewal(trade, ann):
    ask(trade, ann, "vps-s", eur("0.00"), cycle="1 year")
    trade.go_to(date(2027, 2, 25))
    trade.run("renewals")
    with trade.work.read() as uow:
        line = uow.session.scalars(
            select(InvoiceLine).where(InvoiceLine.period_start == date(2027, 2, 28))
        ).one()
        assert (line.amount, line.period_end) == (eur("60.00"), date(2028, 2, 29))


def test_eight_clicks_are_one_change(each_trade):
    ann = _renting(each_trade)
    at_once(8, lambda _: ask(each_trade, ann, "vps-m", eur("3.00")))
    with each_trade.work.read() as uow:
        pending = uow.session.scalars(select(ServiceChange).where(ServiceChange.state == "pending")).all()
        unpaid = uow.session.scalars(select(Invoice).where(Invoice.status == "unpaid")).all()
        assert (len(pending), [invoice.total for invoice in unpaid]) == (1, [eur("3.00")])
    assert each_trade.broken() == []
