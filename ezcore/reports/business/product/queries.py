"""The database sums lines by day and product: of invoices, and of what took them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.credit_notes.models import CreditNote, CreditNoteLine
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.billing.ledger.models import Journal
from ezcore.catalog.products.models import Price, Product
from ezcore.reports.business.months import Months
from ezcore.reports.business.product.rules import Row, Sold, fold
from ezcore.reports.business.queries import cancelled_by, in_the_books
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork

FUNDS = "funds"
"""Lines that add funds sell nothing."""


def products(uow: UnitOfWork, months: Months, currency: str) -> list[Row]:
    """One row per product; the sum is what the ledger's revenue accounts say of the months."""
    mine = (Invoice.currency == currency, *in_the_books())
    issued = _sums(Invoice.issued_on, InvoiceLine.amount_minor, months).where(*mine)
    credited = (
        _sums(CreditNote.issued_on, CreditNoteLine.amount_minor, months)
        .join(CreditNoteLine, CreditNoteLine.invoice_line_id == InvoiceLine.id)
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNote.currency == currency)
    )
    cancelled = (
        _sums(Journal.on, InvoiceLine.amount_minor, months)
        .join(Journal, cancelled_by())
        .where(*mine, Invoice.status == InvoiceStatus.CANCELLED)
    )
    sold = [Sold(on, number, invoiced_minor=int(sum_)) for on, number, sum_ in uow.session.execute(issued)]
    for query in (credited, cancelled):
        sold += [
            Sold(on, number, taken_back_minor=int(sum_)) for on, number, sum_ in uow.session.execute(query)
        ]
    return fold(months, currency, sold)


def names(uow: UnitOfWork) -> Mapping[int, str]:
    """What products are called."""
    return {one.id: one.name for one in uow.session.execute(select(Product.id, Product.name))}


def _sums(on: Any, amount: Any, months: Months) -> Any:
    """The product is the one whose price the line bills; else the one that its service is of."""
    product = func.coalesce(Price.product_id, Service.product_id)
    return (
        select(on.label("on"), product.label("product"), func.sum(amount))
        .select_from(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .outerjoin(Price, Price.id == InvoiceLine.price_id)
        .outerjoin(Service, Service.id == InvoiceLine.service_id)
        .where(InvoiceLine.kind != FUNDS, on >= months.first, on <= months.last_day)
        .group_by(on, product)
    )
