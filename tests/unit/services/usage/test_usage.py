"""What a service used is billed once, when its period is over; reports count once, late ones in the next bill."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from ezcore.automation import usage as task
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.catalog.metrics.models import ProductMetric
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.kernel.money import Money
from ezcore.services.services.models import Service
from ezcore.services.usage import operations as usage
from ezcore.services.usage.models import UsageBill
from tests.fixtures_trade import at_once

TIERS = {"EUR": [{"up_to": 100, "rate": "0.05"}, {"up_to": None, "rate": "0.03"}]}


def metered(trade, kind="period"):
    """A VPS that may use 1000 GB of traffic a month; its first period is 31 January to 28 February."""
    service = trade.active_service(slug="vps-s")
    with trade.work.write() as uow:
        product = uow.session.get_one(Service, service).product_id
        facts = {
            "key": "traffic",
            "title": "Traffic",
            "unit": "GB",
            "kind": kind,
            "included_milli": 1_000_000,
        }
        uow.session.add(ProductMetric(product_id=product, tiers=TIERS, **facts))
    return service


def report(trade, service, amount, day, key):
    with trade.work.write() as uow:
        at = datetime(2027, *day, 12, tzinfo=UTC)
        return usage.report(uow, uow.session.get_one(Service, service), "traffic", Decimal(amount), at, key)


def bill(trade, on):
    trade.go_to(on)
    return task.run(trade.work, on, preview=False)


def lines(trade):
    with trade.work.read() as uow:
        return uow.session.scalars(select(InvoiceLine).where(InvoiceLine.kind == "usage")).all()


def test_what_is_beyond_the_included_amount_is_billed_by_its_tiers(trade):
    service = metered(trade)
    report(trade, service, "900", (2, 1), "a")
    report(trade, service, "250.5", (2, 20), "b")
    bill(trade, date(2027, 3, 1))
    # 150.5 GB beyond: 100 x 0.05 + 50.5 x 0.03 = 5 + 1.515 = 6.515 -> 6.52
    (line,) = lines(trade)
    assert line.amount == Money.parse("6.52", "EUR")
    assert line.explain["tiers"] == [["100", "0.05"], ["50.5", "0.03"]]
    assert (line.explain["used"], line.explain["included"]) == ("1150.5", "1000")
    assert trade.broken() == []


def test_a_period_is_billed_once_however_often_the_task_runs(each_trade):
    service = metered(each_trade)
    report(each_trade, service, "1100", (2, 1), "a")
    each_trade.go_to(date(2027, 3, 1))
    at_once(6, lambda _: task.run(each_trade.work, date(2027, 3, 1), preview=False))
    assert len(lines(each_trade)) == 1
    with each_trade.work.read() as uow:
        assert len(uow.session.scalars(select(UsageBill)).all()) == 1
    assert each_trade.broken() == []


def test_a_report_told_twice_counts_once(trade):
    service = metered(trade)
    assert report(trade, service, "1100", (2, 1), "a")
    assert not report(trade, service, "1100", (2, 1), "a")
    bill(trade, date(2027, 3, 1))
    assert lines(trade)[0].amount == Money.parse("5.00", "EUR")


def test_nothing_beyond_what_is_included_makes_no_invoice_and_is_settled(trade):
    service = metered(trade)
    report(trade, service, "1000", (2, 1), "a")
    assert bill(trade, date(2027, 3, 1)).lines == []
    with trade.work.read() as uow:
        assert uow.session.scalars(select(UsageBill.used_milli)).all() == [1_000_000]
        assert len(uow.session.scalars(select(Invoice)).all()) == 1


def test_of_snapshots_the_highest_counts(trade):
    service = metered(trade, kind="snapshot")
    for number, level in enumerate(("1010", "1100", "900")):
        report(trade, service, level, (2, 1 + number), str(number))
    bill(trade, date(2027, 3, 1))
    assert lines(trade)[0].amount == Money.parse("5.00", "EUR")


def test_a_preview_bills_nothing(trade):
    service = metered(trade)
    report(trade, service, "1100", (2, 1), "a")
    trade.go_to(date(2027, 3, 1))
    assert task.run(trade.work, date(2027, 3, 1), preview=True).lines
    assert lines(trade) == []


@pytest.mark.parametrize("wrong", ["-1", "NaN", "Infinity", "0.0001", "1e30"])
def test_a_quantity_that_is_none_is_refused_by_name(trade, wrong):
    service = metered(trade)
    with pytest.raises(InvalidInput) as refused:
        report(trade, service, wrong, (2, 1), "a")
    assert refused.value.field == "quantity"


def test_a_metric_that_the_product_does_not_have_is_not_there(trade):
    service = trade.active_service()
    with pytest.raises(NotFound):
        report(trade, service, "1", (2, 1), "a")
