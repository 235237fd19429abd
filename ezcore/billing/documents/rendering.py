"""Makes the bytes of a document's file. Pure in effect: the same document gives the same bytes on the same release."""

from __future__ import annotations

import logging

from ezcore.billing.documents import einvoice
from ezcore.billing.documents.document import InvoiceDocument
from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.printed import title_of
from ezcore.billing.documents.typesetter import typesetter

log = logging.getLogger(__name__)

CONTENT_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.CII: "application/xml",
    FileFormat.UBL: "application/xml",
}
EXTENSIONS = {FileFormat.PDF: "pdf", FileFormat.CII: "xml", FileFormat.UBL: "ubl.xml"}


def render(document: InvoiceDocument, form: FileFormat, theme: str) -> bytes:
    """The file as it is handed out, as of the day of issue. The PDF carries the e-invoice where there is one.

    Raises: NoEInvoice (for the XML formats), BadDocumentTemplate.
    """
    issued = document.as_issued()
    if form == FileFormat.CII:
        return einvoice.cii(issued)
    if form == FileFormat.UBL:
        return einvoice.ubl(issued)
    setter = typesetter(theme)
    pdf = setter.pdf(issued)
    try:
        xml = einvoice.cii(issued)
    except einvoice.NoEInvoice as reason:
        log.info("%s %s has no e-invoice inside: %s", issued.kind, issued.number, reason.message)
        return pdf
    return einvoice.embed(pdf, xml, issued, title_of(issued, setter.words(issued.language)))
