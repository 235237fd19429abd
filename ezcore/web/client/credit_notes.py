"""Credit notes: the list, and one as paper."""

from __future__ import annotations

from typing import Any

from ezcore.accounts.countries import countries
from ezcore.billing.credit_notes import queries
from ezcore.billing.documents import queries as documents
from ezcore.billing.documents.einvoice import why_none
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.refunds import queries as refunds
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page(
    "credit_notes", "/billing/credit-notes/", permission="client.billing", template="client/credit_notes.pt"
)
def list_credit_notes(request: EzRequest) -> dict[str, Any]:
    """Everything that was taken back, newest first."""
    return {"notes": queries.of_client(request.uow, request.client_id)}


@page(
    "credit_note", "/billing/credit-notes/{number}/", permission="client.billing",
    template="client/credit_note.pt",
)  # fmt: skip
def show_credit_note(request: EzRequest) -> dict[str, Any]:
    """One credit note, with the invoice it belongs to."""
    note = queries.by_number(request.uow, request.matchdict["number"], request.client_id)
    invoice = request.uow.session.get_one(Invoice, note.invoice_id)
    return {
        "note": note,
        "invoice": invoice,
        "countries": countries(),
        "has_xml": why_none(documents.credit_note_document(request.uow, note.id)) is None,
        "sent": refunds.sent_of_note(request.uow, note.id, note.client_id),
    }
