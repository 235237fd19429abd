"""Funds are paid in ahead: they become credit when, and only when, and only as much as was paid."""

from __future__ import annotations

import pytest

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.funds import operations as funds
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

TWENTY = Money(2000, "EUR")


@pytest.fixture
def ann(each_trade):
    return each_trade.newcomer()


def add(trade, actor, amount=TWENTY):
    with trade.work.write(actor) as uow:
        return funds.add(uow, amount).id


def held(trade, actor):
    with trade.work.read() as uow:
        found = credit.balance(uow, actor.client_id, "EUR")
        assert found == -ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR", actor.client_id)
        return found


def test_funds_are_credit_once_they_are_paid_and_no_revenue(each_trade, ann):
    number = add(each_trade, ann)
    assert held(each_trade, ann) == Money(0, "EUR")
    assert each_trade.invoice(number).tax_minor == 0
    each_trade.pay(number)
    assert held(each_trade, ann) == TWENTY
    with each_trade.work.read() as uow:
        assert ledger.balance(uow, ledger.REVENUE, "EUR") == Money(0, "EUR")
        assert ledger.balance(uow, ledger.FUNDS_PENDING, "EUR") == Money(0, "EUR")
    assert each_trade.broken() == []


def test_only_what_was_not_credited_becomes_credit(each_trade, ann):
    """20.00 asked for, 5.00 paid, 15.00 taken back by a credit note: 5.00 of credit."""
    number = add(each_trade, ann)
    each_trade.pay(number, amount=Money(500, "EUR"))
    with each_trade.work.write() as uow:
        credit_notes.issue(uow, uow.session.get_one(Invoice, number), "less", Money(1500, "EUR"))
    assert held(each_trade, ann) == Money(500, "EUR")
    assert each_trade.broken() == []


def test_funds_that_are_credit_already_are_not_credited_again(each_trade, ann):
    number = add(each_trade, ann)
    each_trade.pay(number)
    with each_trade.work.write() as uow, pytest.raises(Refused, match="refund"):
        credit_notes.issue(uow, uow.session.get_one(Invoice, number), "back")
    assert held(each_trade, ann) == TWENTY


def test_twenty_payments_at_once_add_the_funds_once(each_trade, ann):
    number = add(each_trade, ann)
    done = at_once(20, lambda turn: each_trade.pay(number, f"EE{turn}", TWENTY))
    assert sum(isinstance(one, int) for one in done) == 1
    assert held(each_trade, ann) == TWENTY
    assert each_trade.broken() == []


def test_credit_does_not_buy_credit(each_trade, ann):
    each_trade.pay(add(each_trade, ann))
    other = add(each_trade, ann)
    with each_trade.work.write(ann) as uow, pytest.raises(Refused):
        credit.spend(uow, uow.session.get_one(Invoice, other), TWENTY)
    assert held(each_trade, ann) == TWENTY


@pytest.mark.parametrize(
    "amount", [Money(499, "EUR"), Money(100001, "EUR"), Money(0, "EUR"), Money(500, "GBP")]
)
def test_outside_the_limits_nothing_is_invoiced(trade, amount):
    with trade.work.write(trade.newcomer()) as uow, pytest.raises(InvalidInput):
        funds.add(uow, amount)
    assert trade.unpaid() == []


def test_nobody_adds_funds_without_a_client(trade):
    with trade.work.write() as uow, pytest.raises(InvalidInput):
        funds.add(uow, TWENTY)
    stranger = trade.newcomer().__class__("visitor")
    with trade.work.write(stranger) as uow, pytest.raises(NotAllowed):
        funds.add(uow, TWENTY)
