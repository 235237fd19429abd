"""Payments: what the gateway says is recorded once, in any order and from any messenger; too much becomes credit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from ezcore.plugin_api.ports.webhook_source import PaymentFact
from tests.fixtures_trade import at_once

PRICE = Money(350, "EUR")


@pytest.fixture
def ann(each_trade):
    return each_trade.newcomer()


@pytest.fixture
def owed(each_trade, ann):
    """An invoice of a monthly web hosting."""
    number = each_trade.order(ann)
    assert each_trade.invoice(number).total == PRICE
    return number


def paid(external_id="pi_1", amount=PRICE, **more):
    return PaymentResult(status="succeeded", external_id=external_id, amount=amount, **more)


def credit(trade, ann):
    with trade.work.read() as uow:
        return -ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR", ann.client_id)


def received(trade):
    with trade.work.read() as uow:
        names = uow.session.scalars(select(OutboxEvent.name)).all()
    return sum(name.endswith("PaymentReceived") for name in names)


def test_H03_told_twenty_times_at_once_it_is_one_payment(each_trade, ann, owed):
    transaction = each_trade.open_transaction(owed)
    assert at_once(20, lambda _: each_trade.told(transaction, paid())) == [None] * 20
    assert received(each_trade) == 1
    assert credit(each_trade, ann).is_zero
    assert each_trade.invoice(owed).status == "paid"
    assert each_trade.broken() == []


def test_told_again_months_later_nothing_changes(each_trade, ann, owed):
    transaction = each_trade.open_transaction(owed)
    each_trade.told(transaction, paid())
    each_trade.later(200)
    each_trade.told(transaction, paid())
    assert (received(each_trade), credit(each_trade, ann)) == (1, Money.zero("EUR"))


def test_another_payment_for_a_settled_transaction_is_not_swallowed(each_trade, owed):
    transaction = each_trade.open_transaction(owed)
    each_trade.told(transaction, paid("pi_1"))
    with pytest.raises(transactions.TransactionAlreadySettled):
        each_trade.told(transaction, paid("pi_2"))
    assert received(each_trade) == 1


def test_H07_two_checkouts_that_both_succeed_pay_once_and_the_rest_is_credit(each_trade, ann, owed):
    first, second = each_trade.open_transaction(owed), each_trade.open_transaction(owed)
    work = {first: "pi_1", second: "pi_2"}
    at_once(2, lambda n: each_trade.told([first, second][n], paid(work[[first, second][n]])))
    assert each_trade.invoice(owed).paid == PRICE
    assert credit(each_trade, ann) == PRICE
    assert received(each_trade) == 2
    assert each_trade.broken() == []


def test_twenty_people_pay_one_invoice_at_once(each_trade, ann, owed):
    """I05: once paid; everything else is the client's credit, not a cent is lost."""
    opened = [each_trade.open_transaction(owed) for _ in range(20)]
    assert at_once(20, lambda n: each_trade.told(opened[n], paid(f"pi_{n}"))) == [None] * 20
    assert each_trade.invoice(owed).paid == PRICE
    assert credit(each_trade, ann) == PRICE.times(19)
    with each_trade.work.read() as uow:
        assert ledger.balance(uow, ledger.cash("stripe"), "EUR") == PRICE.times(20)
        assert ledger.balance(uow, ledger.RECEIVABLE, "EUR").is_zero
    assert each_trade.broken() == []


def test_H04_one_cent_for_an_invoice_is_a_partial_payment(each_trade, owed):
    each_trade.told(each_trade.open_transaction(owed), paid(amount=Money(1, "EUR")))
    each_trade.settle()
    invoice = each_trade.invoice(owed)
    assert (invoice.status, invoice.paid, invoice.balance_due) == (
        "unpaid",
        Money(1, "EUR"),
        Money(349, "EUR"),
    )
    with each_trade.work.read() as uow:
        from ezcore.services.services.models import Service

        assert uow.session.scalars(select(Service.state)).all() == ["pending"]
    assert each_trade.broken() == []


def test_H04_another_currency_is_refused_and_nothing_is_recorded(each_trade, owed):
    transaction = each_trade.open_transaction(owed)
    with pytest.raises(Refused, match="USD"):
        each_trade.told(transaction, paid(amount=Money(350, "USD")))
    assert received(each_trade) == 0
    assert each_trade.invoice(owed).paid.is_zero


@pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-350, "EUR")])
def test_H05_nothing_and_less_than_nothing_are_no_payment(each_trade, owed, amount):
    transaction = each_trade.open_transaction(owed)
    with pytest.raises(Refused):
        each_trade.told(transaction, paid(amount=amount))
    assert received(each_trade) == 0
    assert each_trade.invoice(owed).paid.is_zero


def test_H02_a_fact_about_a_strangers_reference_or_of_another_gateway_is_parked(each_trade, owed):
    reference = _reference(each_trade, each_trade.open_transaction(owed))
    fact = PaymentFact(reference=reference, result=paid())
    with each_trade.work.write() as uow:
        assert "no transaction of ours" in apply_fact(uow, "paypal", fact)
        assert "no transaction of ours" in apply_fact(
            uow, "stripe", fact.model_copy(update={"reference": "pay_x"})
        )
    assert received(each_trade) == 0


def test_one_payment_of_the_gateway_settles_one_transaction_only(each_trade, owed):
    """I06: the same external id under another reference is parked, not counted."""
    first, second = (_reference(each_trade, each_trade.open_transaction(owed)) for _ in range(2))
    for reference, wanted in ((first, None), (second, "pi_1")):
        with each_trade.work.write() as uow:
            reason = apply_fact(uow, "stripe", PaymentFact(reference=reference, result=paid()))
        assert reason is None if wanted is None else wanted in reason
    assert received(each_trade) == 1
    assert each_trade.broken() == []


def test_a_decline_after_the_money_came_changes_nothing_and_the_other_way_round_it_counts(each_trade, owed):
    transaction = each_trade.open_transaction(owed)
    each_trade.told(transaction, PaymentResult(status="declined", reason="insufficient funds"))
    each_trade.told(transaction, paid())
    each_trade.told(transaction, PaymentResult(status="declined", reason="too late"))
    with each_trade.work.read() as uow:
        row = uow.session.get_one(Transaction, transaction)
        assert (row.status, row.received, row.reason) == ("succeeded", PRICE, None)
    assert each_trade.invoice(owed).status == "paid"


def test_pending_is_not_paid(each_trade, owed):
    each_trade.told(each_trade.open_transaction(owed), PaymentResult(status="pending", external_id="pi_1"))
    assert each_trade.invoice(owed).status == "unpaid"


def test_the_gateways_fee_is_ours_to_bear(each_trade, ann, owed):
    each_trade.told(each_trade.open_transaction(owed), paid(fee=Money(31, "EUR")))
    with each_trade.work.read() as uow:
        assert ledger.balance(uow, ledger.GATEWAY_FEES, "EUR") == Money(31, "EUR")
        assert ledger.balance(uow, ledger.cash("stripe"), "EUR") == Money(319, "EUR")
    assert each_trade.invoice(owed).status == "paid"
    assert each_trade.broken() == []


def test_money_for_a_cancelled_invoice_is_credit(each_trade, ann, owed):

    transaction = each_trade.open_transaction(owed)
    with each_trade.work.write() as uow:
        invoices.cancel(uow, uow.session.get_one(Invoice, owed), "a mistake")
    each_trade.told(transaction, paid())
    assert each_trade.invoice(owed).status == "cancelled"
    assert credit(each_trade, ann) == PRICE
    assert each_trade.broken() == []


def test_a_bank_payment_is_entered_once_by_however_many_clerks(each_trade, ann, owed):
    """B102: the bank's own number decides."""
    done = at_once(8, lambda _: each_trade.pay(owed, "EE-2027-1", PRICE))
    assert sum(isinstance(one, int) for one in done) == 1
    assert {type(one) for one in done if not isinstance(one, int)} == {Refused}
    assert received(each_trade) == 1
    assert credit(each_trade, ann).is_zero


@pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-1, "EUR"), Money(350, "USD")])
def test_what_a_clerk_enters_is_an_amount_of_the_invoices_currency(trade, amount):
    number = trade.order(trade.newcomer())
    with pytest.raises(InvalidInput):
        trade.pay(number, "EE1", amount)
    assert trade.broken() == []


def test_a_client_cannot_say_that_the_bank_was_paid(trade):
    ann = trade.newcomer()
    number = trade.order(ann)
    invoice = trade.invoice(number)
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        transactions.record_manual(uow, invoice, "banktransfer", PRICE, "EE1")


@pytest.mark.parametrize("status", ["paid", "cancelled"])
def test_B055_only_an_unpaid_invoice_can_be_paid(trade, status):

    number = trade.order(trade.newcomer())
    if status == "paid":
        trade.pay(number)
    else:
        with trade.work.write() as uow:
            invoices.cancel(uow, uow.session.get_one(Invoice, number), "x")
    with pytest.raises(Refused, match=status):
        trade.open_transaction(number)


def test_the_audit_log_knows_client_and_verb(trade):
    from ezcore.audit.models import AuditRow

    ann = trade.newcomer()
    trade.pay(trade.order(ann))
    with trade.work.read() as uow:
        rows = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "transaction.succeed")).all()
        assert accounts.client_facts(uow, ann.client_id).name == "Ann"
    assert [row.client_id for row in rows] == [ann.client_id]


def _reference(trade, number):
    with trade.work.read() as uow:
        return uow.session.get_one(Transaction, number).reference
