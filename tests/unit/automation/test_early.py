"""Renewing early: the next period is invoiced today, once, by the rules of the run, and not years ahead."""

from __future__ import annotations

from datetime import date

import pytest

from ezcore.automation import early
from ezcore.kernel.errors import NotFound, Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once


@pytest.fixture
def ann(each_trade):
    actor = each_trade.newcomer("Ann")
    each_trade.pay(each_trade.order(actor, "vps-s"))
    each_trade.settle()
    each_trade.go_to(date(2027, 2, 10))
    return actor


def test_the_next_period_is_invoiced_today_and_the_run_does_not_bill_it_again(each_trade, ann):
    early.renew(each_trade.work, ann, 1)
    (bill,) = each_trade.unpaid()
    assert each_trade.invoice(bill).total == Money.parse("6.00", "EUR")
    assert each_trade.service(1).billed_until == date(2027, 3, 31)
    each_trade.go_to(date(2027, 2, 25))
    each_trade.run("renewals")
    assert each_trade.unpaid() == [bill]
    assert each_trade.broken() == []


def test_eight_clicks_are_one_invoice(each_trade, ann):
    at_once(8, lambda _: early.renew(each_trade.work, ann, 1))
    assert len(each_trade.unpaid()) == 1
    assert each_trade.broken() == []


def test_not_further_ahead_than_one_cycle(each_trade, ann):
    early.renew(each_trade.work, ann, 1)
    with pytest.raises(Refused, match="invoiced already"):
        early.renew(each_trade.work, ann, 1)
    each_trade.pay(each_trade.unpaid()[0])
    with pytest.raises(Refused, match="paid until 2027-03-31"):
        early.renew(each_trade.work, ann, 1)


def test_another_clients_service_is_not_there(each_trade, ann):
    with pytest.raises(NotFound):
        early.renew(each_trade.work, each_trade.newcomer("Bob"), 1)
