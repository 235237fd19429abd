"""Invoices: the list by status, and one invoice as paper with a pay panel beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ezcore.accounts.countries import countries
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit import queries as credit_queries
from ezcore.billing.credit_notes import queries as credit_notes
from ezcore.billing.documents import queries as documents
from ezcore.billing.documents.document import rate_text
from ezcore.billing.documents.einvoice import why_none
from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.methods import operations as methods
from ezcore.kernel.money import Money
from ezcore.web.client.invoice_words import InvoiceRow
from ezcore.web.client.reads import order_of_invoice, tries_of
from ezcore.web.client.subscriptions import subscribers
from ezcore.web.shared.forms import Form
from ezcore.web.shared.invoice_names import explained, title_of
from ezcore.web.shared.offers import offered
from ezcore.web.shared.paging import paging
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

TABS = (("open", "Open"), ("overdue", "Overdue"), ("paid", "Paid"), ("all", "All"))
PER_PAGE = 25


@page("billing", "/billing/", permission="client.billing", template="client/billing.pt")
def list_invoices(request: EzRequest) -> dict[str, Any]:
    """Invoices by status, with counts and sums."""
    today = request.uow.today()
    rows = [InvoiceRow(found, today) for found in queries.of_client(request.uow, request.client_id)]
    kinds = {
        "open": [row for row in rows if row.is_open],
        "overdue": [row for row in rows if row.status == "overdue"],
        "paid": [row for row in rows if row.status == "paid"],
        "all": rows,
    }
    shown = request.GET.get("show")
    if shown not in kinds:
        shown = "open" if kinds["open"] else "all"
    pages = paging(request, len(kinds[shown]), keep=("show",), limit=PER_PAGE)
    currency = request.settings.shop.currency
    owed = Money.total(
        (r.invoice.balance_due for r in kinds["open"] if r.invoice.currency == currency), currency
    )
    held = credit_queries.balances(request.uow, request.client_id)
    return {
        "credits": held,
        "payable": len([row for row in kinds["open"] if row.invoice.disputed_at is None]) > 1,
        "rows": kinds[shown][pages.offset : pages.offset + pages.limit],
        "paging": pages,
        "tabs": [(name, title, len(kinds[name]), name == shown) for name, title in TABS],
        "owed": owed,
        "open_count": len(kinds["open"]),
        "returned": "returned" in request.GET,
        "method": methods.method_of(request.uow, request.client_id),
    }


@page("invoice", "/billing/invoices/{number}/", permission="client.billing", template="client/invoice.pt")
def show_invoice(request: EzRequest) -> dict[str, Any]:
    """The paper, how to pay it, what happened so far."""
    invoice = queries.whole(request.uow, request.matchdict["number"], request.client_id)
    return invoice_page(request, request.uow, invoice)


def invoice_page(
    request: EzRequest,
    uow: UnitOfWork,
    invoice: Invoice,
    problem: str | None = None,
    part: str | None = None,
    form: Form[Any] | None = None,
) -> dict[str, Any]:
    """What the template of one invoice needs; the sums are those of the document, as in its files (I11)."""
    document = documents.document_of(uow, invoice.id)
    return {
        "invoice": invoice,
        "document": document,
        "rate_text": rate_text,
        "has_xml": why_none(document) is None,
        "row": InvoiceRow(invoice, uow.today()),
        "gateways": offered(request, invoice.currency),
        "method": methods.method_of(uow, invoice.client_id),
        "tries": tries_of(uow, invoice.id),
        "order": order_of_invoice(uow, invoice.id, invoice.client_id),
        "problem": problem,
        "subscribers": subscribers(request, uow, invoice),
        "part": part,
        "form": form or Form(),
        "title": title_of(invoice),
        "allocations": queries.allocations(uow, invoice.id),
        "credit_notes": credit_notes.of_invoice(uow, invoice.id),
        "credit": credit.balance(uow, invoice.client_id, invoice.currency),
        "buys_credit": credit.buys_credit(invoice),
        "explain": explained,
        "one_day": timedelta(days=1),
        "countries": countries(),
    }
