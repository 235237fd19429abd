"""One payment for several invoices: the earliest due first, once, whoever asks and tells at the same time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Allocation, Invoice
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from tests.fixtures_trade import at_once


def eur(minor):
    return Money(minor, "EUR")


def paid(amount=None, external_id="p1"):
    return PaymentResult(status="succeeded", external_id=external_id, amount=amount)


@pytest.fixture
def ann(each_trade):
    return each_trade.newcomer()


def bill(trade, client_id, *minors, currency="EUR"):
    with trade.work.write() as uow:
        return [
            invoices.issue(
                uow,
                client_id,
                currency,
                [LineDraft("Work", Money(minor, currency))],
                due_on=uow.today() + timedelta(days=place),
            ).id
            for place, minor in enumerate(minors)
        ]


def ask(trade, numbers, amount=None):
    with trade.work.write() as uow:
        found = [uow.session.get_one(Invoice, number) for number in numbers]
        return transactions.open_checkout(uow, found[0], "stripe", targets=found, amount=amount).id


def states(trade, numbers):
    return [(trade.invoice(number).status, trade.invoice(number).paid_minor) for number in numbers]


def held(trade, ann):
    with trade.work.read() as uow:
        return credit.balance(uow, ann.client_id, "EUR")


def test_twenty_people_ask_for_the_same_and_there_is_one_checkout(each_trade, ann):
    numbers = bill(each_trade, ann.client_id, 1000, 2000)
    done = at_once(20, lambda turn: ask(each_trade, numbers if turn % 2 else numbers[::-1]))
    assert len(set(done)) == 1
    with each_trade.work.read() as uow:
        assert uow.session.get_one(Transaction, done[0]).amount == eur(3000)


def test_told_twenty_times_at_once_each_invoice_is_paid_once(each_trade, ann):
    numbers = bill(each_trade, ann.client_id, 1000, 2000, 500)
    transaction = ask(each_trade, numbers)
    assert at_once(20, lambda _: each_trade.told(transaction, paid())) == [None] * 20
    assert states(each_trade, numbers) == [("paid", 1000), ("paid", 2000), ("paid", 500)]
    with each_trade.work.read() as uow:
        assert len(uow.session.scalars(select(Allocation)).all()) == 3
    assert held(each_trade, ann) == eur(0)
    assert each_trade.broken() == []


def test_two_payments_of_the_same_invoices_settle_them_once_and_the_second_is_credit(each_trade, ann):
    numbers = bill(each_trade, ann.client_id, 1000, 2000)
    together, alone = ask(each_trade, numbers), ask(each_trade, numbers[:1])
    assert together != alone
    at_once(2, lambda turn: each_trade.told((together, alone)[turn], paid(external_id=f"p{turn}")))
    assert states(each_trade, numbers) == [("paid", 1000), ("paid", 2000)]
    assert held(each_trade, ann) == eur(1000)
    assert each_trade.broken() == []


@pytest.mark.parametrize(
    ("came", "wanted", "rest"),
    [
        (1, [("unpaid", 1), ("unpaid", 0)], 0),
        (1000, [("paid", 1000), ("unpaid", 0)], 0),
        (2500, [("paid", 1000), ("unpaid", 1500)], 0),
        (3000, [("paid", 1000), ("paid", 2000)], 0),
        (3333, [("paid", 1000), ("paid", 2000)], 333),
    ],
)
def test_whatever_comes_is_used_in_the_order_of_due_dates(trade, came, wanted, rest):
    ann = trade.newcomer()
    numbers = bill(trade, ann.client_id, 1000, 2000)
    trade.told(ask(trade, numbers[::-1]), paid(eur(came)))
    assert states(trade, numbers) == wanted
    assert held(trade, ann) == eur(rest)
    assert trade.broken() == []


def test_invoices_of_two_clients_or_currencies_do_not_go_together(trade):
    ann, bob = trade.newcomer(), trade.newcomer("Bob")
    [mine], [his] = bill(trade, ann.client_id, 1000), bill(trade, bob.client_id, 1000)
    [dollars] = bill(trade, ann.client_id, 1000, currency="USD")
    for wrong in ([mine, his], [mine, dollars]):
        with pytest.raises(Refused):
            ask(trade, wrong)


@pytest.mark.parametrize("minor", [0, -1, 3001])
def test_B056_a_part_is_more_than_nothing_and_not_more_than_is_owed(trade, minor):
    numbers = bill(trade, trade.newcomer().client_id, 1000, 2000)
    with pytest.raises(InvalidInput):
        ask(trade, numbers, eur(minor))


def test_while_a_card_is_charged_nothing_else_is_opened_for_that_invoice(trade):
    numbers = bill(trade, trade.newcomer().client_id, 1000, 2000)
    trade.open_transaction(numbers[1], "stripe", "capture")
    with pytest.raises(Refused, match="being charged"):
        ask(trade, numbers)
