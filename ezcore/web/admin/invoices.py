"""/admin/invoices/: what is owed; record a payment seen on the bank statement, cancel what is not owed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions.models import Transaction
from ezcore.billing.transactions.operations import record_manual
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, day, money
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


class Received(BaseModel):
    """A payment seen on the bank statement."""

    amount: str = Field(max_length=24)
    bank_reference: str = Field(min_length=3, max_length=80)


class Cancelled(BaseModel):
    """Why an invoice is no longer owed."""

    reason: str = Field(min_length=3, max_length=400)


@page("admin.invoices", "/admin/invoices/", permission="staff.read", template="admin/list.pt")
def invoices_list(request: Any) -> dict[str, Any]:
    """Invoices, newest first."""
    counts, today = counted(request, Invoice.status), request.uow.today()
    query = (
        select(Invoice, Client.name).join(Client, Client.id == Invoice.client_id).order_by(Invoice.id.desc())
    )
    if request.GET.get("status") in counts:
        query = query.where(Invoice.status == request.GET["status"])

    def row(found: Any) -> list[Any]:
        invoice, client = found
        return [
            link(request, invoice.number, "admin.invoice", client, number=invoice.number),
            badge("overdue" if invoice.is_overdue(today) else invoice.status),
            day(invoice.issued_on),
            day(invoice.due_on),
            money(invoice.total),
        ]

    return listing(
        request,
        query.where(Invoice.number.is_not(None)),
        row,
        title="Invoices",
        columns=(
            Column("Invoice"),
            Column("Status"),
            Column("Issued", "c-hide"),
            Column("Due", "c-hide"),
            Column("Total", "end"),
        ),
        keep=("status",),
        filters=state_filters(request, counts, "status", lambda s: kind_and_word(s)[1]),
        empty="No invoice was issued yet.",
    ).page()


@page("admin.invoice", "/admin/invoices/{number}/", permission="staff.read", template="admin/invoice.pt")
def invoice(request: Any) -> dict[str, Any]:
    """One invoice with its payments."""
    return _facts(request, queries.by_number(request.uow, request.matchdict["number"]))


@page(
    "admin.invoice.receive",
    "/admin/invoices/{number}/receive/",
    method="POST",
    permission="billing.manage",
    audit="transaction.succeed",
    template="admin/invoice.pt",
)
def receive(request: Any) -> Any:
    """Record a bank transfer."""
    found = queries.by_number(request.uow, request.matchdict["number"])
    form = read_form(request, Received)
    if form.is_valid:
        try:
            amount = Money.parse(form.checked().amount, found.currency)
            record_manual(request.uow, found, "banktransfer", amount, form.checked().bank_reference)
        except InvalidInput as error:
            form.refuse(error, "amount")
        except Refused as error:
            form.errors["bank_reference"] = error.message
        else:
            flash(request, "ok", f"Recorded {amount} for invoice {found.number}")
            return HTTPSeeOther(request.route_path("admin.invoice", number=found.number))
    request.response.status_code = 422
    return _facts(request, found, form)


@page(
    "admin.invoice.cancel",
    "/admin/invoices/{number}/cancel/",
    method="POST",
    permission="billing.manage",
    audit="invoice.cancel",
    template="admin/invoice.pt",
)
def cancel(request: Any) -> Any:
    """The invoice is no longer owed."""
    found = queries.by_number(request.uow, request.matchdict["number"])
    form = read_form(request, Cancelled)
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, found, form)
    invoices.cancel(request.uow, found, form.checked().reason)
    flash(request, "ok", f"Invoice {found.number} is cancelled")
    return HTTPSeeOther(request.route_path("admin.invoice", number=found.number))


def _facts(request: Any, found: Invoice, form: Form[Any] | None = None) -> dict[str, Any]:
    session = request.uow.session
    return {
        "invoice": found,
        "client": session.get_one(Client, found.client_id),
        "overdue": found.is_overdue(request.uow.today()),
        "open": found.status == InvoiceStatus.UNPAID,
        "transactions": session.scalars(
            select(Transaction).where(Transaction.invoice_id == found.id).order_by(Transaction.id.desc())
        ).all(),
        "form": form or Form(values={"amount": f"{found.balance_due.decimal:f}"}),
    }
