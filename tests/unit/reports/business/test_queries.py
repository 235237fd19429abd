"""Both databases tell the same of a small shop: one that sold, was paid, gave back, lost a service and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.taxes import operations as rates
from ezcore.catalog.products.models import Product
from ezcore.kernel.money import Money
from ezcore.reports.business.ageing.queries import ageing
from ezcore.reports.business.churn.queries import churn
from ezcore.reports.business.churn.rules import Moves
from ezcore.reports.business.months import Months
from ezcore.reports.business.product.queries import names, products
from ezcore.reports.business.queries import currencies
from ezcore.reports.business.revenue.queries import revenue
from ezcore.reports.business.support.queries import departments, talks
from ezcore.reports.business.tax.queries import taxed
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service
from ezcore.settings.tax import Tax
from ezcore.support.tickets import operations as tickets

SPRING = Months(date(2027, 1, 1), date(2027, 3, 1))


def eur(text):
    return Money.parse(text, "EUR")


@pytest.fixture
def shop(each_trade):
    """31 January: 3.50 and 20 % tax. February: an invoice of 50.00 is cancelled, 1.20 credited. March: it ends."""
    trade = each_trade
    trade.work.settings = replace(trade.work.settings, tax=Tax(scheme="rules"))
    with trade.work.write() as uow:
        rates.add_rule(uow, rates.NewRule("VAT", 200_000, date(2020, 1, 1), country="EE"))
    service = trade.active_service("Ann")
    trade.go_to(date(2027, 2, 10))
    with trade.work.write() as uow:
        client = uow.session.get_one(Service, service).client_id
        due_on = uow.today() + timedelta(days=7)
        invoices.issue(uow, client, "EUR", [LineDraft("By hand", eur("10.00"))], due_on=due_on)
        mistake = invoices.issue(uow, client, "EUR", [LineDraft("Mistake", eur("50.00"))], due_on=due_on).id
        first = uow.session.scalars(select(Invoice).order_by(Invoice.id)).first()
        credit_notes.issue(uow, first, "was broken", eur("1.20"))
        new = tickets.NewTicket(client, "sales", "Help", "Please")
        ticket = tickets.open_ticket(uow, new)
        assert ticket.closed_at is None
    trade.go_to(date(2027, 2, 20))
    with trade.work.write() as uow:
        invoices.cancel(uow, uow.session.get_one(Invoice, mistake), "by mistake")
    trade.go_to(date(2027, 3, 5))
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, service), "terminate", "left")
    trade.settle()
    return trade


def test_every_report_says_what_happened_on_both_databases(shop):
    with shop.work.read() as uow:
        rows = revenue(uow, SPRING, "EUR")
        assert [(row.invoiced, row.taken_back) for row in rows] == [
            (eur("3.50"), eur("0")), (eur("60.00"), eur("51.00")), (eur("0"), eur("0")),
        ]  # fmt: skip
        assert [row.received for row in rows] == [eur("4.20"), eur("0"), eur("0")]
        ages = {str(row.age): row.amount for row in ageing(uow, uow.today(), "EUR")}
        assert ages["0-30"] == eur("12.00") == ledger.balance(uow, ledger.RECEIVABLE, "EUR")
        then = {str(row.age): row.amount for row in ageing(uow, date(2027, 2, 12), "EUR")}
        assert then["not_yet"] == eur("72.00")
        tax = taxed(uow, SPRING, "EUR")
        assert {one.kind.country for one in tax} == {"EE"}
        assert (
            sum(one.tax_minor for one in tax) == -ledger.balance(uow, ledger.TAX_PAYABLE, "EUR").minor == 250
        )
        web = uow.session.scalars(select(Product.id).where(Product.slug == "web-start")).one()
        sold = {row.product_id: row for row in products(uow, SPRING, "EUR")}
        assert (sold[web].invoiced, sold[web].taken_back) == (eur("3.50"), eur("1.00"))
        assert sold[None].net == eur("10.00")
        assert names(uow)[web]
        moved = churn(uow, SPRING)
        assert [row.services for row in moved] == [Moves(0, 1, 0), Moves(1, 0, 0), Moves(1, 0, 1)]
        assert [row.clients for row in moved] == [Moves(0, 1, 0), Moves(1, 0, 0), Moves(1, 0, 1)]
        [talk] = talks(uow, SPRING)
        assert (talk.place, talk.asked, talk.answer, talk.close) == (1, False, None, None)
        assert "sales" in {one.slug for one in departments(uow)}
        assert currencies(uow) == ["EUR"]
