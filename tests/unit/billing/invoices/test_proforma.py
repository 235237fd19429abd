"""Proforma: it asks for money and owes nothing in the books; it becomes an invoice when its first money arrives."""

from __future__ import annotations

import shutil

import pytest

from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import queries, rules
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from tests.fixtures_trade import at_once, open_trade

PRICE = Money(350, "EUR")


@pytest.fixture
def asking(migrated_sqlite, tmp_path):
    """A shop that asks by proforma."""
    shutil.copy(migrated_sqlite, tmp_path / "asking.sqlite3")
    yield from open_trade(f"sqlite:///{tmp_path / 'asking.sqlite3'}", tmp_path, billing__proforma="true")


def owed(trade):
    with trade.work.read() as uow:
        return ledger.balance(uow, ledger.RECEIVABLE, "EUR")


def test_it_has_a_series_of_its_own_and_no_journal(asking):
    number = asking.order(asking.newcomer())
    found = asking.invoice(number)
    assert (found.kind, found.number, found.status) == ("proforma", "PF-2027-00001", "unpaid")
    assert owed(asking) == Money(0, "EUR")
    assert asking.broken() == []


def test_its_first_cent_makes_it_an_invoice_of_that_day(asking):
    first, second = asking.order(asking.newcomer()), asking.order(asking.newcomer("Bob"))
    asking.later(3)
    asking.pay(second, amount=Money(1, "EUR"))
    found = asking.invoice(second)
    assert (found.kind, found.number, found.proforma_number) == ("invoice", "2027-00001", "PF-2027-00002")
    assert found.issued_on == asking.today() == found.tax_point
    assert owed(asking) == Money(349, "EUR")
    assert asking.invoice(first).kind == "proforma"
    with asking.work.read() as uow:
        stored = uow.session.get_one(Invoice, second)
        assert rules.stored_hash(stored) == stored.content_hash
        assert queries.by_number(uow, "PF-2027-00002").id == second
    assert asking.broken() == []


def test_paid_by_twenty_at_once_it_becomes_one_invoice(asking):
    number = asking.order(asking.newcomer())
    at_once(20, lambda turn: asking.pay(number, f"EE{turn}", PRICE))
    assert (asking.invoice(number).number, asking.invoice(number).status) == ("2027-00001", "paid")
    assert asking.broken() == []


def test_credit_makes_it_an_invoice_too(asking):
    ann = asking.newcomer()
    number = asking.order(ann)
    with asking.work.write() as uow:
        credit.adjust(uow, ann.client_id, PRICE, "a gift")
    with asking.work.write(ann) as uow:
        credit.spend(uow, uow.session.get_one(Invoice, number), PRICE)
    assert (asking.invoice(number).kind, asking.invoice(number).status) == ("invoice", "paid")
    assert asking.broken() == []


def test_what_costs_nothing_is_an_invoice_at_once(asking):
    client_id = asking.newcomer().client_id
    with asking.work.write() as uow:
        free = invoices.issue(
            uow, client_id, "EUR", [LineDraft("Free", Money(0, "EUR"))], due_on=uow.today()
        ).id
    assert (asking.invoice(free).kind, asking.invoice(free).status) == ("invoice", "paid")


def test_money_for_a_proforma_that_was_cancelled_is_credit_and_no_invoice(asking):
    ann = asking.newcomer()
    number = asking.order(ann)
    transaction = asking.open_transaction(number)
    with asking.work.write() as uow:
        invoices.cancel(uow, uow.session.get_one(Invoice, number), "not wanted")
    asking.told(transaction, PaymentResult(status="succeeded", external_id="p1", amount=PRICE))
    found = asking.invoice(number)
    assert (found.kind, found.status, found.number) == ("proforma", "cancelled", "PF-2027-00001")
    with asking.work.read() as uow:
        assert credit.balance(uow, ann.client_id, "EUR") == PRICE
    assert asking.broken() == []
