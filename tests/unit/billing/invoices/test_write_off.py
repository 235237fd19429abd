"""What nobody will pay becomes a bad debt: the invoice is closed, and nothing is delivered for it."""

from __future__ import annotations

import pytest

from ezcore.billing.funds import operations as funds
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from ezcore.services.services.models import Service, ServiceState
from tests.fixtures_trade import at_once

PRICE = Money(350, "EUR")


def write_off(trade, number, reason="bankrupt"):
    with trade.work.write() as uow:
        return invoices.write_off(uow, uow.session.get_one(Invoice, number), reason)


def balance(trade, account):
    with trade.work.read() as uow:
        return ledger.balance(uow, account, "EUR")


def test_the_open_rest_is_a_bad_debt_once_however_many_clerks(each_trade):
    number = each_trade.order(each_trade.newcomer())
    each_trade.pay(number, amount=Money(100, "EUR"))
    done = at_once(8, lambda _: write_off(each_trade, number))
    assert [one for one in done if isinstance(one, Money)] == [Money(250, "EUR")]
    invoice = each_trade.invoice(number)
    assert (invoice.status, invoice.written_off_minor, invoice.balance_due) == ("paid", 250, Money(0, "EUR"))
    assert balance(each_trade, ledger.BAD_DEBT) == Money(250, "EUR")
    assert balance(each_trade, ledger.RECEIVABLE) == Money(0, "EUR")
    assert each_trade.broken() == []


def test_nothing_is_delivered_for_what_was_written_off(trade):
    ann = trade.newcomer()
    number = trade.order(ann)
    write_off(trade, number)
    trade.settle()
    with trade.work.read() as uow:
        [service] = uow.session.query(Service).all()
        assert (service.state, service.paid_until) == (ServiceState.PENDING, None)


def test_money_that_comes_after_all_is_the_clients_credit(trade):
    ann = trade.newcomer()
    number = trade.order(ann)
    transaction = trade.open_transaction(number)
    write_off(trade, number)
    from ezcore.plugin_api.ports.gateway import PaymentResult

    trade.told(transaction, PaymentResult(status="succeeded", external_id="p1", amount=PRICE))
    assert balance(trade, ledger.CLIENT_CREDIT) == -PRICE
    assert trade.broken() == []


def test_a_reason_a_permission_and_something_to_write_off_are_needed(trade):
    ann = trade.newcomer()
    number = trade.order(ann)
    with pytest.raises(InvalidInput):
        write_off(trade, number, " ")
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        invoices.write_off(uow, uow.session.get_one(Invoice, number), "me")
    trade.pay(number)
    with pytest.raises(Refused):
        write_off(trade, number)


def test_funds_that_nobody_paid_in_are_no_debt(trade):
    ann = trade.newcomer()
    with trade.work.write(ann) as uow:
        number = funds.add(uow, Money(2000, "EUR")).id
    with pytest.raises(Refused, match="cancel"):
        write_off(trade, number)
    assert trade.invoice(number).status == InvoiceStatus.UNPAID
