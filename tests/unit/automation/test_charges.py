"""A stored card is charged for what is due, once per attempt, and never for what is paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ezcore.automation import charges
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.models import Job
from ezcore.plugin_api.ports.gateway import PaymentResult, StoredMethod
from ezcore.services.services.models import Service
from tests.fixtures_trade import at_once

DUE = date(2027, 2, 28)


@pytest.fixture
def renewal(each_trade):
    """An unpaid renewal of a client with a card, and the service."""
    service = each_trade.active_service()
    with each_trade.work.write() as uow:
        client = uow.session.get_one(Service, service).client_id
        card = StoredMethod(external_id="pm_1", customer_id="cus_1", label="Visa 4242")
        methods.remember_method(uow, client, "stripe", card)
    each_trade.go_to(DUE - timedelta(days=7))
    each_trade.run("renewals")
    return each_trade.unpaid()[0]


def run(trade, *, preview=False):
    return charges.run(trade.work, trade.today(), preview)


def keys(trade):
    with trade.work.read() as uow:
        return sorted(uow.session.scalars(select(Job.key).where(Job.kind == "billing.capture")))


def decline(trade, renewal):
    """The charge that was asked for is declined."""
    with trade.work.write() as uow:
        for job in uow.session.scalars(select(Job).where(Job.kind == "billing.capture")):
            job.state = "complete"
    trade.told(trade.open_transaction(renewal, kind="capture"), PaymentResult(status="declined", reason="no"))


def test_the_day_before_it_is_due_and_not_earlier(each_trade, renewal):
    each_trade.go_to(DUE - timedelta(days=2))
    assert run(each_trade).lines == []
    each_trade.go_to(DUE - timedelta(days=1))
    assert len(run(each_trade).lines) == 1
    assert keys(each_trade) == [f"capture:{renewal}:1"]


def test_eight_runs_at_once_are_one_charge(each_trade, renewal):
    each_trade.go_to(DUE)
    done = at_once(8, lambda _: run(each_trade))
    assert not [one for one in done if isinstance(one, Exception)]
    assert keys(each_trade) == [f"capture:{renewal}:1"]


def test_a_paid_invoice_is_not_charged(each_trade, renewal):
    each_trade.pay(renewal)
    each_trade.go_to(DUE)
    assert run(each_trade).lines == []
    assert keys(each_trade) == []


def test_a_declined_card_is_tried_on_its_days_and_then_left_alone(each_trade, renewal):
    tried = []
    for day in range(-1, 20):
        each_trade.go_to(DUE + timedelta(days=day))
        if run(each_trade).lines:
            tried.append(day)
            decline(each_trade, renewal)
    assert tried == [-1, 0, 2, 4]
    assert len(keys(each_trade)) == 4


def test_who_has_no_card_is_asked_by_mail_only(trade):
    trade.active_service()
    trade.go_to(DUE - timedelta(days=7))
    trade.run("renewals")
    trade.go_to(DUE)
    assert run(trade).lines == []


def test_a_preview_asks_no_bank(each_trade, renewal):
    each_trade.go_to(DUE)
    assert len(run(each_trade, preview=True).lines) == 1
    assert keys(each_trade) == []
    with each_trade.work.read() as uow:
        assert uow.session.scalars(select(Transaction.id).where(Transaction.kind == "capture")).all() == []
