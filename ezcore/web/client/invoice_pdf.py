"""The files of a client's own documents: PDF, Factur-X and UBL. Language and template are ours to choose."""

from __future__ import annotations

from typing import Any

from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.queries import CREDIT_NOTE, INVOICE
from ezcore.web.shared.document_files import answer
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page("invoice.pdf", "/billing/invoices/{number}/pdf/", permission="client.billing")
def invoice_pdf(request: EzRequest) -> Any:
    """The invoice as PDF, with the e-invoice inside where there is one."""
    return answer(request, INVOICE, FileFormat.PDF, request.client_id)


@page("invoice.xml", "/billing/invoices/{number}/xml/", permission="client.billing")
def invoice_xml(request: EzRequest) -> Any:
    """The invoice as Factur-X (EN 16931, CII)."""
    return answer(request, INVOICE, FileFormat.CII, request.client_id)


@page("invoice.ubl", "/billing/invoices/{number}/ubl/", permission="client.billing")
def invoice_ubl(request: EzRequest) -> Any:
    """The invoice as UBL."""
    return answer(request, INVOICE, FileFormat.UBL, request.client_id)


@page("credit_note.pdf", "/billing/credit-notes/{number}/pdf/", permission="client.billing")
def credit_note_pdf(request: EzRequest) -> Any:
    """The credit note as PDF."""
    return answer(request, CREDIT_NOTE, FileFormat.PDF, request.client_id)


@page("credit_note.xml", "/billing/credit-notes/{number}/xml/", permission="client.billing")
def credit_note_xml(request: EzRequest) -> Any:
    """The credit note as Factur-X."""
    return answer(request, CREDIT_NOTE, FileFormat.CII, request.client_id)


@page("credit_note.ubl", "/billing/credit-notes/{number}/ubl/", permission="client.billing")
def credit_note_ubl(request: EzRequest) -> Any:
    """The credit note as UBL."""
    return answer(request, CREDIT_NOTE, FileFormat.UBL, request.client_id)
