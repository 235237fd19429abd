"""Credit: spent once whoever spends it at the same time, never below zero, and equal to what the ledger says."""

from __future__ import annotations

import pytest

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit.models import ClientCredit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Allocation, Invoice, InvoiceStatus, Source
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once, open_trade

TEN = Money(1000, "EUR")
SIX = Money(600, "EUR")


def give(trade, client_id, amount=TEN):
    with trade.work.write() as uow:
        credit.adjust(uow, client_id, amount, "a gift")


def bill(trade, client_id, amount=TEN, actor=None):
    with trade.work.write(*filter(None, [actor])) as uow:
        return invoices.issue(uow, client_id, "EUR", [LineDraft("Work", amount)], due_on=uow.today()).id


def spend(trade, actor, number, amount):
    with trade.work.write(actor) as uow:
        credit.spend(uow, uow.session.get_one(Invoice, number), amount)


def held(trade, client_id):
    with trade.work.read() as uow:
        found = credit.balance(uow, client_id, "EUR")
        assert found == -ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR", client_id)
        return found


@pytest.fixture
def ann(each_trade):
    return each_trade.newcomer()


def test_H06_twenty_invoices_are_paid_at_once_from_credit_for_one(each_trade, ann):
    give(each_trade, ann.client_id)
    numbers = [bill(each_trade, ann.client_id) for _ in range(20)]
    done = at_once(20, lambda turn: spend(each_trade, ann, numbers[turn], TEN))
    assert done.count(None) == 1
    assert {type(one) for one in done if one is not None} == {Refused}
    assert held(each_trade, ann.client_id) == Money(0, "EUR")
    assert len(each_trade.unpaid()) == 19
    assert each_trade.broken() == []


def test_one_invoice_that_twenty_people_pay_from_credit_is_paid_once(each_trade, ann):
    give(each_trade, ann.client_id, Money(20000, "EUR"))
    number = bill(each_trade, ann.client_id)
    done = at_once(20, lambda _: spend(each_trade, ann, number, TEN))
    assert done.count(None) == 1
    assert held(each_trade, ann.client_id) == Money(19000, "EUR")
    assert each_trade.broken() == []


def test_a_part_from_credit_and_the_rest_by_bank(each_trade, ann):
    """10.00 owed, 4.00 of credit, 6.00 by bank."""
    give(each_trade, ann.client_id, Money(400, "EUR"))
    number = bill(each_trade, ann.client_id)
    spend(each_trade, ann, number, Money(400, "EUR"))
    assert each_trade.invoice(number).balance_due == SIX
    each_trade.pay(number)
    with each_trade.work.read() as uow:
        rows = uow.session.query(Allocation).order_by(Allocation.id).all()
        assert [(row.source, row.amount_minor) for row in rows] == [
            (Source.CREDIT, 400),
            (Source.PAYMENT, 600),
        ]
    assert each_trade.invoice(number).status == InvoiceStatus.PAID
    assert each_trade.broken() == []


@pytest.mark.parametrize("minor", [0, -1, 1001, -1000])
def test_B052_only_what_is_owed_can_be_spent(trade, minor):
    ann = trade.newcomer()
    give(trade, ann.client_id, Money(5000, "EUR"))
    number = bill(trade, ann.client_id)
    with pytest.raises(InvalidInput):
        spend(trade, ann, number, Money(minor, "EUR"))
    assert held(trade, ann.client_id) == Money(5000, "EUR")


def test_B052_more_than_there_is_is_refused(trade):
    ann = trade.newcomer()
    give(trade, ann.client_id, SIX)
    number = bill(trade, ann.client_id)
    with pytest.raises(Refused):
        spend(trade, ann, number, TEN)
    assert (held(trade, ann.client_id), trade.invoice(number).paid_minor) == (SIX, 0)


def test_credit_of_one_currency_pays_nothing_in_another(trade):
    ann = trade.newcomer()
    with trade.work.write() as uow:
        credit.adjust(uow, ann.client_id, Money(1000, "USD"), "a gift")
    number = bill(trade, ann.client_id)
    with pytest.raises(InvalidInput):
        spend(trade, ann, number, Money(1000, "USD"))
    with pytest.raises(Refused):
        spend(trade, ann, number, TEN)


def test_nobody_spends_the_credit_of_somebody_else(trade):
    ann, bob = trade.newcomer(), trade.newcomer("Bob")
    give(trade, ann.client_id)
    number = bill(trade, ann.client_id)
    with pytest.raises(NotAllowed):
        spend(trade, bob, number, TEN)
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        credit.adjust(uow, ann.client_id, TEN, "for me")


def test_staff_take_no_more_credit_than_there_is_and_say_why(each_trade, ann):
    give(each_trade, ann.client_id)
    for amount, reason, error in ((-Money(1001, "EUR"), "x", Refused), (-SIX, " ", InvalidInput)):
        with each_trade.work.write() as uow, pytest.raises(error):
            credit.adjust(uow, ann.client_id, amount, reason)
    give(each_trade, ann.client_id, -SIX)
    assert held(each_trade, ann.client_id) == Money(400, "EUR")
    assert each_trade.broken() == []


def test_the_database_itself_keeps_credit_above_zero(each_trade, ann):
    from sqlalchemy import update
    from sqlalchemy.exc import IntegrityError

    give(each_trade, ann.client_id)
    with pytest.raises(IntegrityError), each_trade.shop.engine.begin() as raw:
        raw.execute(update(ClientCredit).values(balance_minor=-1))


@pytest.fixture
def generous(migrated_sqlite, tmp_path):
    """A shop that pays what it issues by itself from credit first."""
    import shutil

    shutil.copy(migrated_sqlite, tmp_path / "generous.sqlite3")
    url = f"sqlite:///{tmp_path / 'generous.sqlite3'}"
    yield from open_trade(url, tmp_path, billing__apply_credit_automatically="true")


def test_a_renewal_takes_credit_first_where_the_shop_is_set_so(generous):
    """Web Start costs 3.50 a month: 2.00 from credit, 1.50 left to pay; with 5.00 more it is paid whole."""
    service = generous.active_service()
    client_id = generous.service(service).client_id
    give(generous, client_id, Money(200, "EUR"))
    generous.later(25)
    generous.run("renewals")
    [number] = generous.unpaid()
    assert generous.invoice(number).balance_due == Money(150, "EUR")
    assert held(generous, client_id) == Money(0, "EUR")
    generous.pay(number)
    give(generous, client_id, Money(500, "EUR"))
    generous.later(30)
    generous.run("renewals")
    assert generous.unpaid() == []
    assert held(generous, client_id) == Money(150, "EUR")
    assert generous.broken() == []


def test_what_people_order_or_staff_write_is_not_paid_from_credit_behind_their_back(generous):
    ann = generous.newcomer()
    give(generous, ann.client_id)
    generous.order(ann)
    assert held(generous, ann.client_id) == TEN
    assert len(generous.unpaid()) == 1


def test_by_default_credit_waits_until_the_client_spends_it(trade):
    service = trade.active_service()
    give(trade, trade.service(service).client_id)
    trade.later(25)
    trade.run("renewals")
    assert held(trade, trade.service(service).client_id) == TEN
