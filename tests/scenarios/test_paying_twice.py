"""A client who clicks pay again is led to the same page; money that comes twice all the same is credit, not lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ez_stripe.sandbox import clicks
from sqlalchemy import select

from ezcore.automation.tasks import run_task
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.ports.gateway import PaymentResult


def test_paying_again_leads_to_the_page_that_is_open(town):
    mira = town.newcomer()
    number = town.order(mira)
    assert town.go_to_checkout(mira, number) == town.go_to_checkout(mira, number)
    with town.shop.work.read() as uow:
        assert len(uow.session.scalars(select(Transaction)).all()) == 1


def test_a_checkout_that_ran_out_makes_room_for_a_new_one(town):
    mira = town.newcomer()
    number = town.order(mira)
    first = town.go_to_checkout(mira, number)
    with town.shop.work.write() as uow:
        transactions.settle(
            uow, uow.session.scalars(select(Transaction)).one(), PaymentResult(status="expired")
        )
    assert town.go_to_checkout(mira, number) != first


def test_a_charge_on_its_way_refuses_a_second_way_to_pay(town):
    mira = town.newcomer()
    number = town.order(mira)
    with town.shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        transactions.open_transaction(uow, invoice, "stripe", "capture")
    with pytest.raises(Refused, match="right now"):
        town.go_to_checkout(mira, number)


def test_money_that_comes_twice_is_credit_of_the_client(town):
    mira = town.newcomer()
    number = town.order(mira)
    clicks.pay(town.go_to_checkout(mira, number))
    with town.shop.work.write(mira) as uow:
        invoice = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        bank = transactions.open_transaction(uow, invoice, "banktransfer", "manual")
        transactions.settle(
            uow, bank, PaymentResult(status="succeeded", external_id="EE1", amount=invoice.total)
        )
    town.carry_webhooks()
    town.life.settle()
    with town.shop.work.read() as uow:
        assert str(ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR", mira.client_id)) == "-6.00 EUR"
        assert ledger.total(uow) == {"EUR": 0}
    assert len(town.vms()) == 1


def test_a_client_at_the_gateway_is_not_charged_behind_their_back(town):
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    town.live_until(date(2027, 2, 2))
    [number] = [number for number, status in _invoices(town) if status == "unpaid"]
    town.go_to_checkout(mira, number)
    assert run_task(town.shop.work, "charges", date(2027, 2, 4)).lines == []
    town.clock.advance(timedelta(hours=2))
    assert len(run_task(town.shop.work, "charges", date(2027, 2, 4)).lines) == 1


def test_a_renewal_that_staff_cancel_is_billed_again_and_not_forgotten(town):
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    town.live_until(date(2027, 1, 29))
    with town.shop.work.write() as uow:
        invoices.cancel(
            uow, uow.session.scalars(select(Invoice).where(Invoice.status == "unpaid")).one(), "wrong"
        )
    assert town.service().billed_until == town.service().paid_until
    town.live_until(date(2027, 1, 30))
    assert [status for _, status in _invoices(town)] == ["paid", "cancelled", "unpaid"]


def _invoices(town):
    with town.shop.work.read() as uow:
        rows = uow.session.execute(select(Invoice.number, Invoice.status).order_by(Invoice.id))
        return [(number, str(status)) for number, status in rows]
