"""Invoices that staff write by hand: a draft can be changed and thrown away, what is issued cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.ledger.models import Journal
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

HOUR = Money(8050, "EUR")
DISCOUNT = Money(-1000, "EUR")


@pytest.fixture
def client_id(each_trade):
    return each_trade.newcomer().client_id


def draft(trade, client_id, *lines, **values):
    with trade.work.write() as uow:
        lines = lines or (item("Consulting", HOUR, 3), item("Goodwill", DISCOUNT))
        due_on = uow.today() + timedelta(days=values.pop("days", 14))
        return invoices.save_draft(uow, client_id, "EUR", lines, due_on=due_on, **values).id


def issue(trade, number):
    with trade.work.write() as uow:
        return invoices.issue_draft(uow, uow.session.get_one(Invoice, number)).number


def test_a_draft_owes_nothing_and_takes_no_number(each_trade, client_id):
    number = draft(each_trade, client_id)
    invoice = each_trade.invoice(number)
    assert (invoice.status, invoice.number, invoice.total) == (InvoiceStatus.DRAFT, None, Money(23150, "EUR"))
    with each_trade.work.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Journal)) == 0
    assert each_trade.broken() == []


def test_a_draft_is_changed_as_often_as_one_likes_and_issued_as_it_stands(each_trade, client_id):
    """3 x 80.50 - 10.00 = 231.50; then 2 x 80.50 = 161.00."""
    number = draft(each_trade, client_id)
    with each_trade.work.write() as uow:
        found = uow.session.get_one(Invoice, number)
        lines = [item("Consulting", HOUR, 2)]
        invoices.save_draft(uow, client_id, "EUR", lines, due_on=found.due_on, note="As agreed", draft=found)
    assert issue(each_trade, number) == "2027-00001"
    invoice = each_trade.invoice(number)
    assert (invoice.total, invoice.status) == (Money(16100, "EUR"), InvoiceStatus.UNPAID)
    assert invoice.notes[0] == {"title": "Note", "text": "As agreed"}
    with each_trade.work.read() as uow:
        rows = uow.session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == number)).all()
    assert [(row.description, row.quantity, row.unit_minor, row.amount_minor) for row in rows] == [
        ("Consulting", 2, 8050, 16100)
    ]
    assert each_trade.broken() == []


def test_a_draft_that_ten_people_issue_at_once_is_issued_once(each_trade, client_id):
    number = draft(each_trade, client_id)
    done = at_once(10, lambda _: issue(each_trade, number))
    assert [one for one in done if isinstance(one, str)] == ["2027-00001"]
    assert {type(one) for one in done} == {str, Refused}
    assert each_trade.broken() == []


def test_what_is_issued_can_neither_be_changed_nor_thrown_away(each_trade, client_id):
    number = draft(each_trade, client_id)
    issue(each_trade, number)
    with each_trade.work.write() as uow:
        found = uow.session.get_one(Invoice, number)
        with pytest.raises(Refused, match="credit note"):
            invoices.discard(uow, found)
        with pytest.raises(Refused, match="credit note"):
            invoices.save_draft(uow, client_id, "EUR", [item("x", HOUR)], due_on=found.due_on, draft=found)
    assert each_trade.invoice(number).total == Money(23150, "EUR")


def test_a_draft_that_is_thrown_away_leaves_no_gap(each_trade, client_id):
    first, second = draft(each_trade, client_id), draft(each_trade, client_id)
    with each_trade.work.write() as uow:
        invoices.discard(uow, uow.session.get_one(Invoice, first))
    assert issue(each_trade, second) == "2027-00001"
    with each_trade.work.read() as uow:
        assert uow.session.get(Invoice, first) is None
    assert each_trade.broken() == []


def test_a_copy_bills_the_same_things_again_and_no_period_twice(each_trade, client_id):
    number = draft(each_trade, client_id)
    issue(each_trade, number)
    with each_trade.work.write() as uow:
        copy = invoices.duplicate(uow, uow.session.get_one(Invoice, number), uow.today())
        assert [(line.description, line.amount_minor) for line in copy.lines] == [
            ("Consulting", 24150),
            ("Goodwill", -1000),
        ]
        copied = copy.id
    assert issue(each_trade, copied) == "2027-00002"


def test_a_debit_note_has_a_series_of_its_own_and_is_owed(each_trade, client_id):
    number = draft(each_trade, client_id, item("Forgotten hour", HOUR), kind=InvoiceKind.DEBIT_NOTE)
    assert issue(each_trade, number) == "DN-2027-00001"
    each_trade.pay(number)
    assert each_trade.invoice(number).status == InvoiceStatus.PAID
    assert each_trade.broken() == []


def test_late_due_dates_negative_totals_and_empty_drafts_are_refused(trade):
    client_id = trade.newcomer().client_id
    with trade.work.write() as uow, pytest.raises(InvalidInput):
        invoices.save_draft(uow, client_id, "EUR", [], due_on=uow.today())
    with trade.work.write() as uow, pytest.raises(Refused, match="negative"):
        invoices.save_draft(uow, client_id, "EUR", [item("Gift", DISCOUNT)], due_on=uow.today())
    number = draft(trade, client_id, days=0)
    trade.later(1)
    with pytest.raises(InvalidInput, match="due date"):
        issue(trade, number)


def test_only_billing_staff_write_invoices(trade):
    client = trade.newcomer()
    helper = Actor("staff", user_id=9, permissions=frozenset({"staff.read"}), name="Helper")
    for actor in (client, helper):
        with trade.work.write(actor) as uow, pytest.raises(NotAllowed):
            invoices.save_draft(uow, client.client_id, "EUR", [item("x", HOUR)], due_on=uow.today())
