"""Stripe bills: a client agrees on the first invoice, Stripe's later bills are our invoices, and the end is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from ez_stripe.sandbox import clicks
from sqlalchemy import select

from ezcore.automation import subscriptions
from ezcore.automation.tasks import run_task
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.subscriptions.models import Subscription, SubscriptionBill
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.models import StaffTask
from ezcore.reports.invariants import broken_invariants


@pytest.fixture
def mira(town):
    """Mira, in a shop where Stripe may bill."""
    settings = town.shop.work.settings
    billing = settings.billing.model_copy(update={"gateway_bills": "stripe"})
    town.shop.work.settings = replace(settings, billing=billing)
    return town.newcomer()


def agree(town, mira, number):
    row = subscriptions.start(town.shop.work, mira, town.shop.host.ports, number, "stripe")
    clicks.pay(row.checkout_url)
    settle(town)


def settle(town):
    for _ in range(2):
        town.carry_webhooks()
        town.life.settle()


def rows(town, table):
    with town.shop.work.read() as uow:
        return list(uow.session.scalars(select(table).order_by(table.id)))


def test_stripe_bills_month_after_month_and_we_mirror_it(town, mira):
    agree(town, mira, town.order(mira))
    (row,) = rows(town, Subscription)
    assert (row.status, row.external_id is not None) == ("active", True)
    assert [invoice.status for invoice in rows(town, Invoice)] == ["paid"]
    assert town.service().state == "active"
    for _ in range(2):
        town.clock.advance(timedelta(days=31))
        settle(town)
        today = town.clock.today("Europe/Tallinn")
        assert run_task(town.shop.work, "renewals", today).lines == []
        assert run_task(town.shop.work, "charges", today).lines == []
    invoices = rows(town, Invoice)
    assert [invoice.status for invoice in invoices] == ["paid"] * 3
    assert {payment.kind for payment in rows(town, Transaction)} == {"bill"}
    assert town.service().paid_until == town.service().billed_until
    assert [bill.problem for bill in rows(town, SubscriptionBill)] == [None] * 3
    assert rows(town, StaffTask) == []
    with town.shop.work.read() as uow:
        assert broken_invariants(uow) == []


def test_billed_here_again_from_the_end_of_the_paid_period(town, mira):
    agree(town, mira, town.order(mira))
    with town.shop.work.write(mira) as uow:
        subscriptions.bill_here(uow, uow.session.scalars(select(Subscription)).one())
    town.life.settle()
    settle(town)
    assert rows(town, Subscription)[0].cancel_at is not None
    town.clock.advance(timedelta(days=32))
    settle(town)
    assert rows(town, Subscription)[0].status == "ended"
    assert town.service().cancel_on is None
    assert len(run_task(town.shop.work, "renewals", town.clock.today("Europe/Tallinn")).lines) == 1
