"""/admin/invoices/: what is owed; record a payment seen on the bank statement, cancel what is not owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select, union

from ezcore.accounts.models import Client
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import queries as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus
from ezcore.billing.transactions.models import Transaction, TransactionTarget
from ezcore.billing.transactions.operations import record_manual
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability
from ezcore.web.admin.bulk.invoices import INVOICES
from ezcore.web.admin.tables import (
    Column,
    Filter,
    Plugins,
    chosen_state,
    counted,
    counted_up_to,
    link,
    listing,
    state_filters,
    told,
)
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.invoice_names import explained, title_of
from ezcore.web.shared.markup import badge, day, money
from ezcore.web.shared.seen import invoice_seen
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

OVERDUE: Final = "overdue"
SOON: Final = timedelta(days=7)
BANK = ("bank", "Bank account")


class Received(BaseModel):
    """A payment seen on the bank statement."""

    amount: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    bank_reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
    received_by: Annotated[str, StringConstraints(max_length=40)]


class Cancelled(BaseModel):
    """Why an invoice is no longer owed."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


@page("admin.invoices", "/admin/invoices/", permission="staff.read", template="admin/list.pt")
def invoices_list(request: Any) -> dict[str, Any]:
    """Issued invoices, newest first. `overdue` is derived from the date, `?soon=1` is due within a week."""
    today, issued = request.uow.today(), Invoice.number.is_not(None)
    counts = counted(request, Invoice.status, issued)
    query = select(Invoice, Client.name).join(Client, Client.id == Invoice.client_id).where(issued)
    unpaid = Invoice.status == InvoiceStatus.UNPAID
    if request.GET.get("status") == OVERDUE:
        query = query.where(unpaid, Invoice.due_on < today)
    elif wanted := chosen_state(request, counts, "status", set(InvoiceStatus)):
        query = query.where(Invoice.status == wanted)
    if request.GET.get("soon"):
        query = query.where(unpaid, Invoice.due_on.between(today, today + SOON))

    def row(found: Any) -> list[Any]:
        invoice, client = found
        return [
            link(request, invoice.number, "admin.invoice", client, number=invoice.number),
            badge("overdue" if invoice.is_overdue(today) else invoice.status),
            day(invoice.issued_on),
            day(invoice.due_on),
            money(invoice.balance_due) if invoice.status == InvoiceStatus.UNPAID else "",
            money(invoice.total),
        ]

    late = counted_up_to(request, select(Invoice.id).where(issued, unpaid, Invoice.due_on < today))
    filters = state_filters(request, counts, "status", lambda s: kind_and_word(s)[1], (OVERDUE,))
    return listing(
        request,
        query.order_by(Invoice.id.desc()),
        row,
        title="Invoices",
        columns=(
            Column("Invoice"),
            Column("Status", "c-r"),
            Column("Issued", "c-hide"),
            Column("Due"),
            Column("Open", "end c-hide"),
            Column("Total", "end"),
        ),
        keep=("status", "soon"),
        filters=_with_overdue(request, filters, late),
        empty="No invoice here.",
        bulk=INVOICES.bar(request, lambda found: found[0].id),
        plugins=Plugins("admin.invoices", Invoice.id, lambda found: invoice_seen(found[0]), Invoice.number),
    ).page()


@page("admin.invoice", "/admin/invoices/{number}/", permission="staff.read", template="admin/invoice.pt")
def invoice(request: Any) -> dict[str, Any]:
    """One invoice with its payments."""
    return _facts(request, queries.whole(request.uow, request.matchdict["number"]))


@page(
    "admin.invoice.receive",
    "/admin/invoices/{number}/receive/",
    method="POST",
    permission="billing.manage",
    audit="transaction.succeed",
    template="admin/invoice.pt",
)
def receive(request: Any) -> Any:
    """Record money that came in at the bank; what is more than owed becomes the client's credit."""
    found = queries.by_number(request.uow, request.matchdict["number"])
    if found.status != InvoiceStatus.UNPAID:
        raise Refused(f"invoice {found.number} is {found.status}")
    form = read_form(request, Received)
    if form.is_valid:
        try:
            amount = _record(request, found, form.checked())
        except InvalidInput as error:
            form.refuse(error, "amount")
        except Refused as error:
            form.errors["bank_reference"] = error.message
        else:
            flash(request, "ok", f"Recorded {amount} for invoice {found.number}")
            return HTTPSeeOther(request.route_path("admin.invoice", number=found.number))
    request.response.status_code = 422
    return _facts(request, found, received=form)


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
        return _facts(request, found, cancelled=form)
    invoices.cancel(request.uow, found, form.checked().reason)
    flash(request, "ok", f"Invoice {found.number} is cancelled")
    return HTTPSeeOther(request.route_path("admin.invoice", number=found.number))


def _record(request: Any, found: Invoice, typed: Received) -> Money:
    amount = Money.parse(typed.amount, found.currency)
    if not amount.is_positive:
        raise InvalidInput("a payment is more than nothing", field="amount")
    if typed.received_by not in dict(_banks(request)):
        raise InvalidInput("choose where the money came in", field="received_by")
    record_manual(request.uow, found, typed.received_by, amount, typed.bank_reference)
    return amount


def _banks(request: Any) -> list[tuple[str, str]]:
    """Where money comes in that staff record: gateways that only give instructions, else our bank account."""
    ports = request.host_of_plugins.ports
    gateways = [ports.get(Gateway, name) for name in ports.names(Gateway)]
    offline = [(one.name, one.label) for one in gateways if GatewayCapability.OFFLINE in one.capabilities]
    return offline or [BANK]


def _with_overdue(request: Any, filters: list[Any], late: int) -> list[Any]:
    chosen = request.GET.get("status") == "overdue"
    every = replace(filters[0], current=filters[0].current and not chosen)
    overdue = Filter("Overdue", f"{request.path}?status=overdue", told(late), chosen)
    return [every, *filters[1:], *([overdue] if late or chosen else [])]


def _facts(
    request: Any,
    found: Invoice,
    received: Form[Received] | None = None,
    cancelled: Form[Cancelled] | None = None,
) -> dict[str, Any]:
    session = request.uow.session
    paid_it = union(  # not `or`: each half has its index, the whole would read every payment of the shop
        select(Transaction.id).where(Transaction.invoice_id == found.id),
        select(TransactionTarget.transaction_id).where(TransactionTarget.invoice_id == found.id),
    )
    payments = select(Transaction).where(Transaction.id.in_(paid_it)).order_by(Transaction.id.desc())
    received = received or Form(values={"amount": f"{found.balance_due.decimal:f}"})
    cancelled = cancelled or Form()
    return {
        "invoice": found,
        "client": session.get_one(Client, found.client_id),
        "overdue": found.is_overdue(request.uow.today()),
        "open": found.status == InvoiceStatus.UNPAID,
        "transactions": session.scalars(payments).all(),
        "banks": _banks(request),
        "received": received,
        "cancelled": cancelled,
        "errors": received.errors | cancelled.errors,
        "name": title_of(found),
        "allocations": queries.allocations(request.uow, found.id),
        "notes": credit_notes.of_invoice(request.uow, found.id),
        "held": credit.balance(request.uow, found.client_id, found.currency),
        "creditable": found.kind != InvoiceKind.PROFORMA and found.status in ("unpaid", "paid"),
        "pay_link": invoices.pay_address(request.uow, found)
        if found.status == InvoiceStatus.UNPAID and request.actor.may("billing.manage")
        else None,
        "explain": explained,
    }
