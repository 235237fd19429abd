"""Usage is read from servers every hour: each sample once, what is not counted left out, a failure told and made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ezcore.catalog.metrics.models import ProductMetric
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.plugin_api.ports.looks import UsageSample
from ezcore.services.servers.models import Server
from ezcore.services.services.models import Service
from ezcore.services.usage.models import UsageRecord


def sample(
    metric="traffic", quantity="1.5", key="h1", account="acc1", at=datetime(2027, 1, 31, 8, tzinfo=UTC)
):
    return UsageSample(external_id=account, metric=metric, quantity=Decimal(quantity), at=at, key=key)


@pytest.fixture
def service(trade, panel):
    number = trade.active_service()
    with trade.work.write() as uow:
        product = uow.session.get_one(Service, number).product_id
        uow.session.add(ProductMetric(product_id=product, key="traffic", title="Traffic", unit="GB"))
    return number


def records(trade):
    with trade.work.read() as uow:
        return uow.session.scalars(select(UsageRecord.quantity_milli).order_by(UsageRecord.id)).all()


def server(trade):
    with trade.work.read() as uow:
        return uow.session.get_one(Server, 1)


def next_hour(trade):
    trade.clock.advance(timedelta(hours=1))
    trade.run("usage_poll")


def test_a_sample_counts_once_however_often_it_is_told(trade, panel, service):
    panel.samples = [sample(), sample(key="h2", quantity="0.5")]
    next_hour(trade)
    next_hour(trade)
    assert records(trade) == [1500, 500]
    trade.run("usage_poll")
    assert panel.count("read_usage") == 2, "once an hour"


def test_what_a_product_does_not_count_and_what_cannot_be_true_is_left_out(trade, panel, service):
    tomorrow = trade.clock.now() + timedelta(days=1)
    panel.samples = [
        sample(metric="mailboxes"), sample(quantity="-1", key="x"), sample(account="acc9", key="y"),
        sample(key="z", at=tomorrow), sample(),
    ]  # fmt: skip
    next_hour(trade)
    assert records(trade) == [1500]


def test_a_reading_that_fails_is_told_and_the_next_one_reaches_back(trade, panel, service):
    next_hour(trade)
    until = server(trade).usage_until
    panel.broken = OutcomeUnknown("no answer")
    next_hour(trade)
    next_hour(trade)
    assert server(trade).usage_problem == "no answer"
    assert server(trade).usage_until == until
    panel.broken = None
    next_hour(trade)
    asked = [since for verb, since in panel.calls if verb == "read_usage"]
    assert asked[-1] < until
    assert server(trade).usage_problem is None
