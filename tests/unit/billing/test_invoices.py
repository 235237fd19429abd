"""Invoices: gapless numbers, frozen once issued, paid at most once whoever pays at the same time."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import rules
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.billing.invoices.rules import LineDraft
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from tests.fixtures_trade import at_once

SIX = Money(600, "EUR")
LATE_LINE = (
    "INSERT INTO invoice_line (invoice_id, position, description, detail, quantity, unit_minor, amount_minor, currency)"
    " SELECT id, 9, 'One more', '', 1, 5, 5, 'EUR' FROM invoice"
)


class Oops(Exception):
    pass


def issue(trade, client_id, *drafts, fails=False):
    with trade.work.write() as uow:
        lines = drafts or [LineDraft("Web hosting", SIX)]
        invoice = invoices.issue(uow, client_id, "EUR", lines, due_on=uow.today())
        if fails:
            raise Oops
        return invoice.id


@pytest.fixture
def client_id(each_trade):
    return each_trade.newcomer().client_id


def test_H09_numbers_have_no_gap_whatever_is_rolled_back_meanwhile(each_trade, client_id):
    """Sixteen threads, three in ten of their transactions are rolled back."""
    dice = random.Random(4)
    fates = [[dice.random() < 0.3 for _ in range(6)] for _ in range(16)]

    def clerk(number):
        for fails in fates[number]:
            try:
                issue(each_trade, client_id, fails=fails)
            except Oops:
                assert fails

    assert at_once(16, clerk) == [None] * 16
    with each_trade.work.read() as uow:
        rows = uow.session.scalars(select(Invoice).order_by(Invoice.number)).all()
    wanted = sum(not fails for row in fates for fails in row)
    assert [row.number for row in rows] == [f"2027-{number:05d}" for number in range(1, wanted + 1)]
    assert each_trade.broken() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice SET total_minor = 1",
        "UPDATE invoice SET number = '2027-99999'",
        "UPDATE invoice SET number = NULL",
        "UPDATE invoice SET currency = 'USD'",
        "UPDATE invoice SET client_id = client_id + 1",
        "UPDATE invoice SET issued_on = '2026-01-01'",
        "UPDATE invoice SET due_on = '2028-01-01'",
        'UPDATE invoice SET buyer = \'{"name": "Somebody else"}\'',
        "UPDATE invoice SET seller = '{}'",
        'UPDATE invoice SET notes = \'[{"title": "x", "text": "y"}]\'',
        "UPDATE invoice SET content_hash = 'x'",
        "UPDATE invoice SET status = 'draft'",
        "DELETE FROM invoice",
        "UPDATE invoice_line SET amount_minor = 1",
        "UPDATE invoice_line SET description = 'Something else'",
        "UPDATE invoice_line SET period_end = '2030-01-01'",
        "DELETE FROM invoice_line",
        LATE_LINE,
    ],
)
def test_I12_an_issued_invoice_stays_as_it_was_issued(each_trade, client_id, statement):
    number = issue(each_trade, client_id, LineDraft("Web", SIX, service_id=None))
    with each_trade.work.read() as uow:
        before = rules.stored_hash(uow.session.get_one(Invoice, number))
    with pytest.raises(DatabaseError, match="issued invoice"), each_trade.shop.engine.begin() as raw:
        raw.execute(text(statement))
    with each_trade.work.read() as uow:
        invoice = uow.session.get_one(Invoice, number)
        assert rules.stored_hash(invoice) == before == invoice.content_hash


def test_what_happens_to_an_invoice_is_no_change_of_it(each_trade, client_id):
    number = issue(each_trade, client_id)
    each_trade.pay(number)
    assert each_trade.invoice(number).status == InvoiceStatus.PAID
    other = issue(each_trade, client_id)
    with each_trade.work.write() as uow:
        invoices.cancel(uow, uow.session.get_one(Invoice, other), "a mistake")
    assert each_trade.invoice(other).status == InvoiceStatus.CANCELLED
    assert each_trade.broken() == []


def test_I05_twenty_payments_at_once_pay_it_once_and_the_excess_is_credit(each_trade, client_id):
    number = issue(each_trade, client_id)

    def apply(_number):
        with each_trade.work.write() as uow:
            return invoices.apply(uow, uow.session.get_one(Invoice, number), SIX)

    left = at_once(20, apply)
    assert sorted(left) == [Money.zero("EUR")] + [SIX] * 19
    assert each_trade.invoice(number).paid == SIX
    with each_trade.work.read() as uow:
        paid = uow.session.scalars(select(OutboxEvent).where(OutboxEvent.name.like("%InvoicePaid"))).all()
    assert len(paid) == 1


def test_a_period_of_a_service_is_billed_once(each_trade, client_id):
    january = Period(*map(_day, ("2027-01-31", "2027-02-28")))
    line = LineDraft("Web", SIX, service_id=7, period=january)
    number = issue(each_trade, client_id, line)
    with pytest.raises(IntegrityError):
        issue(each_trade, client_id, line)
    with each_trade.work.write() as uow:
        invoices.cancel(uow, uow.session.get_one(Invoice, number), "again, please")
    issue(each_trade, client_id, line)


def test_nothing_to_pay_is_paid_at_once(trade):
    number = issue(trade, trade.newcomer().client_id, LineDraft("Free", Money.zero("EUR")))
    assert trade.invoice(number).status == InvoiceStatus.PAID
    assert trade.broken() == []


def test_a_paid_or_partly_paid_invoice_cannot_be_cancelled(trade):
    client = trade.newcomer().client_id
    whole, part = issue(trade, client), issue(trade, client)
    trade.pay(whole)
    trade.pay(part, amount=Money(1, "EUR"))
    for number in (whole, part):
        with trade.work.write() as uow, pytest.raises(Refused):
            invoices.cancel(uow, uow.session.get_one(Invoice, number), "no")
    assert trade.broken() == []


def test_lines_multiply_and_add_up(trade):
    client = trade.newcomer().client_id
    number = issue(
        trade, client, LineDraft("Seats", SIX, quantity=7), LineDraft("Discount", Money(-200, "EUR"))
    )
    with trade.work.read() as uow:
        invoice = uow.session.get_one(Invoice, number)
        assert invoice.total == Money(4000, "EUR")
        amounts = uow.session.scalars(select(InvoiceLine.amount_minor).order_by(InvoiceLine.position)).all()
    assert amounts == [4200, -200]


def test_the_database_refuses_more_paid_than_owed(each_trade, client_id):
    number = issue(each_trade, client_id)
    for values in ({"paid_minor": 601}, {"paid_minor": -1}, {"status": "paid"}):
        with pytest.raises(IntegrityError), each_trade.shop.engine.begin() as raw:
            raw.execute(update(Invoice).where(Invoice.id == number).values(**values))


def test_overdue_begins_on_the_day_after(trade):
    invoice = trade.invoice(issue(trade, trade.newcomer().client_id))
    assert not invoice.is_overdue(trade.today())
    assert invoice.is_overdue(_day("2027-02-01"))


def test_issuing_counts_one_audit_row(trade):
    from ezcore.audit.models import AuditRow

    issue(trade, trade.newcomer().client_id)
    with trade.work.read() as uow:
        query = select(func.count()).where(AuditRow.verb == "invoice.issue")
        assert uow.session.scalar(query) == 1


def _day(text_):
    from datetime import date

    return date.fromisoformat(text_)
