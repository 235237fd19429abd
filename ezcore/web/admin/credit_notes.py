"""/admin/credit-notes/: what was taken back of invoices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ezcore.accounts.countries import countries
from ezcore.accounts.models import Client
from ezcore.billing.credit_notes import queries
from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.documents import queries as documents
from ezcore.billing.documents.einvoice import why_none
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.refunds import queries as refunds
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.markup import day, money
from ezcore.web.shared.views import page


@page("admin.credit_notes", "/admin/credit-notes/", permission="staff.read", template="admin/list.pt")
def list_credit_notes(request: Any) -> dict[str, Any]:
    """Newest first."""
    query = select(CreditNote, Client.name).join(Client, Client.id == CreditNote.client_id)

    def row(found: Any) -> list[Any]:
        note, client = found
        return [
            link(request, note.number, "admin.credit_note", client, number=note.number),
            day(note.issued_on),
            note.reason,
            money(note.total),
        ]

    return listing(
        request,
        query.order_by(CreditNote.id.desc()),
        row,
        title="Credit notes",
        columns=(Column("Credit note"), Column("Issued"), Column("Reason", "c-wide"), Column("Total", "end")),
        empty="No credit note yet.",
    ).page()


@page(
    "admin.credit_note", "/admin/credit-notes/{number}/", permission="staff.read",
    template="admin/credit_note.pt",
)  # fmt: skip
def show_credit_note(request: Any) -> dict[str, Any]:
    """One, as the client sees it."""
    note = queries.by_number(request.uow, request.matchdict["number"])
    invoice = request.uow.session.get_one(Invoice, note.invoice_id)
    return {
        "note": note,
        "invoice": invoice,
        "countries": countries(),
        "has_xml": why_none(documents.credit_note_document(request.uow, note.id)) is None,
        "sent": refunds.sent_of_note(request.uow, note.id, note.client_id),
    }
