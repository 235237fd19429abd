"""The database sums taxes by day, country and rate: of invoices, and of what took them back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.credit_notes.models import CreditNote, CreditNoteTax
from ezcore.billing.invoices.models import Invoice, InvoiceStatus, InvoiceTax
from ezcore.billing.ledger.models import Journal
from ezcore.billing.taxes.models import TaxRule
from ezcore.reports.business.months import Months
from ezcore.reports.business.queries import cancelled_by, in_the_books
from ezcore.reports.business.tax.rules import Kind, Taxed
from ezcore.work import UnitOfWork


def taxed(uow: UnitOfWork, months: Months, currency: str) -> list[Taxed]:
    """What was taxed, on the day of the document; what was taken back, on the day of that."""
    of_invoice = InvoiceTax.invoice_id == Invoice.id
    mine = (Invoice.currency == currency, *in_the_books())
    issued = _sums(Invoice.issued_on, Invoice.buyer, InvoiceTax).join(Invoice, of_invoice).where(*mine)
    credited = (
        _sums(CreditNote.issued_on, CreditNote.buyer, CreditNoteTax)
        .join(CreditNote, CreditNoteTax.credit_note_id == CreditNote.id)
        .where(CreditNote.currency == currency)
    )
    cancelled = (
        _sums(Journal.on, Invoice.buyer, InvoiceTax)
        .join(Invoice, of_invoice)
        .join(Journal, cancelled_by())
        .where(*mine, Invoice.status == InvoiceStatus.CANCELLED)
    )
    parts = (
        (issued, Invoice.issued_on, 1),
        (credited, CreditNote.issued_on, -1),
        (cancelled, Journal.on, -1),
    )
    return [one for query, on, sign in parts for one in _read(uow, query, (on, months), sign)]


def _sums(on: Any, buyer: Any, tax: Any) -> Any:
    """The country is the one whose rule was charged; without a rule, or with one for everywhere, the buyer's."""
    what = (
        on.label("on"),
        func.coalesce(func.nullif(TaxRule.country, ""), buyer["country"].as_string()).label("country"),
        tax.name.label("name"),
        tax.rate_ppm.label("rate_ppm"),
        tax.category.label("category"),
    )
    sums = (func.sum(tax.base_minor), func.sum(tax.tax_minor))
    return select(*what, *sums).select_from(tax).outerjoin(TaxRule, TaxRule.id == tax.rule_id).group_by(*what)


def _read(uow: UnitOfWork, query: Any, within: tuple[Any, Months], sign: int) -> Iterable[Taxed]:
    on, months = within
    found = uow.session.execute(query.where(on >= months.first, on <= months.last_day))
    for day, country, name, rate, category, base, tax in found:
        assert isinstance(day, date)
        yield Taxed(day, Kind(country or "", name, rate, category), sign * int(base), sign * int(tax))
