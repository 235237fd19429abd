"""Makes the bytes of a document's file. Pure in effect: the same document gives the same bytes on the same release."""

from __future__ import annotations

import logging

from ezcore.billing.documents import einvoice
from ezcore.billing.documents.document import InvoiceDocument
from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.printed import title_of
from ezcore.billing.documents.typesetter import BadDocumentTemplate, Typesetter, typesetter
from ezcore.themes.chain import ThemeChain

log = logging.getLogger(__name__)

CONTENT_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.CII: "application/xml",
    FileFormat.UBL: "application/xml",
}
EXTENSIONS = {FileFormat.PDF: "pdf", FileFormat.CII: "xml", FileFormat.UBL: "ubl.xml"}


def render(document: InvoiceDocument, form: FileFormat, chain: ThemeChain, logo: str = "") -> bytes:
    """The file as it is handed out, as of the day of issue. The PDF carries the e-invoice where there is one.

    A template of a child theme that cannot be set is passed over for its parent's, and a logo that cannot be printed
    for the mark of the theme, with a line in the log.

    Raises: NoEInvoice (for the XML formats), BadDocumentTemplate.
    """
    issued = document.as_issued()
    if form == FileFormat.CII:
        return einvoice.cii(issued)
    if form == FileFormat.UBL:
        return einvoice.ubl(issued)
    setter, pdf = _with_logo(issued, chain, logo)
    try:
        xml = einvoice.cii(issued)
    except einvoice.NoEInvoice as reason:
        log.info("%s %s has no e-invoice inside: %s", issued.kind, issued.number, reason.message)
        return pdf
    return einvoice.embed(pdf, xml, issued, title_of(issued, setter.words(issued.language)))


def _with_logo(document: InvoiceDocument, chain: ThemeChain, logo: str) -> tuple[Typesetter, bytes]:
    try:
        return _set(document, chain, logo)
    except BadDocumentTemplate as error:
        if not logo:
            raise
        log.error("the logo is not printed: %s", error.message)  # noqa: TRY400 - the message is the compiler's
        return _set(document, chain)


def _set(document: InvoiceDocument, chain: ThemeChain, logo: str = "") -> tuple[Typesetter, bytes]:
    try:
        setter = typesetter(chain.names, chain.folders)
        return setter, setter.pdf(document, logo)
    except BadDocumentTemplate as error:
        parent = chain.parent
        if parent is None:
            raise
        log.error("theme %s: its document is not used, its parent's is: %s", chain.names[0], error.message)  # noqa: TRY400 - the message is the compiler's
        return _set(document, parent, logo)
