"""/admin/invoices/<number>/...: the files of documents as the client gets them, and making them anew."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.documents import jobs as documents
from ezcore.billing.documents import queries
from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.queries import CREDIT_NOTE, INVOICE
from ezcore.web.shared.document_files import answer
from ezcore.web.shared.flash import flash
from ezcore.web.shared.views import page


@page("admin.invoice.pdf", "/admin/invoices/{number}/pdf/", permission="staff.read")
def invoice_pdf(request: Any) -> Any:
    """The invoice as PDF."""
    return answer(request, INVOICE, FileFormat.PDF)


@page("admin.invoice.xml", "/admin/invoices/{number}/xml/", permission="staff.read")
def invoice_xml(request: Any) -> Any:
    """The invoice as Factur-X."""
    return answer(request, INVOICE, FileFormat.CII)


@page("admin.invoice.ubl", "/admin/invoices/{number}/ubl/", permission="staff.read")
def invoice_ubl(request: Any) -> Any:
    """The invoice as UBL."""
    return answer(request, INVOICE, FileFormat.UBL)


@page("admin.credit_note.pdf", "/admin/credit-notes/{number}/pdf/", permission="staff.read")
def credit_note_pdf(request: Any) -> Any:
    """The credit note as PDF."""
    return answer(request, CREDIT_NOTE, FileFormat.PDF)


@page("admin.credit_note.xml", "/admin/credit-notes/{number}/xml/", permission="staff.read")
def credit_note_xml(request: Any) -> Any:
    """The credit note as Factur-X."""
    return answer(request, CREDIT_NOTE, FileFormat.CII)


@page("admin.credit_note.ubl", "/admin/credit-notes/{number}/ubl/", permission="staff.read")
def credit_note_ubl(request: Any) -> Any:
    """The credit note as UBL."""
    return answer(request, CREDIT_NOTE, FileFormat.UBL)


@page(
    "admin.invoice.files",
    "/admin/invoices/{number}/files/",
    method="POST",
    permission="billing.manage",
    audit="document.make_anew",
)
def make_anew(request: Any) -> Any:
    """Have the files made anew, such as after a change of the template."""
    found = queries.find(request.uow, INVOICE, request.matchdict["number"])
    documents.make_anew(request.uow, INVOICE, found.subject_id)
    flash(request, "ok", f"The files of {found.document.number} are being made anew")
    return HTTPSeeOther(request.route_path("admin.invoice", number=found.document.number))
