"""Reads of documents: the value built from stored rows, and which file of it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from ezcore.accounts import queries as accounts
from ezcore.billing.credit_notes.models import CreditNote, CreditNoteTax
from ezcore.billing.documents.document import (
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    Note,
    Party,
    TaxGroup,
    clean,
)
from ezcore.billing.documents.models import FileFormat, StoredDocument
from ezcore.billing.documents.printed import known_language
from ezcore.billing.invoices.models import Allocation, Invoice, InvoiceLine, InvoiceTax, Source
from ezcore.kernel.errors import NotFound
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from ezcore.work import UnitOfWork

INVOICE, CREDIT_NOTE = "invoice", "credit_note"


@dataclass(frozen=True)
class Found:
    """A document with what its files are stored under."""

    document: InvoiceDocument
    subject_id: int
    client_id: int
    content_hash: str


def find(uow: UnitOfWork, subject: str, number: str, client_id: int | None = None) -> Found:
    """By printed number; of this client when given. Raises: NotFound (also for another client's)."""
    model: Any = Invoice if subject == INVOICE else CreditNote
    query = select(model.id).where(model.number == number)
    if client_id is not None:
        query = query.where(model.client_id == client_id)
    subject_id = uow.session.scalars(query).first()
    if subject_id is None:
        raise NotFound("there is no such document")
    return found_of(uow, subject, subject_id)


def found_of(uow: UnitOfWork, subject: str, subject_id: int) -> Found:
    """By id. Raises: NotFound, also for a draft: it is no document yet."""
    if subject == CREDIT_NOTE:
        note = _credit_note(uow, subject_id)
        return Found(_of_credit_note(uow, note), note.id, note.client_id, note.content_hash)
    invoice = _invoice(uow, subject_id)
    if invoice.number is None or invoice.issued_on is None:
        raise NotFound("there is no such document")
    return Found(_of_invoice(uow, invoice), invoice.id, invoice.client_id, invoice.content_hash or "unhashed")


def document_of(uow: UnitOfWork, invoice_id: int) -> InvoiceDocument:
    """What an issued invoice shows, with what was paid until now. Raises: NotFound."""
    return found_of(uow, INVOICE, invoice_id).document


def credit_note_document(uow: UnitOfWork, credit_note_id: int) -> InvoiceDocument:
    """What a credit note shows. Raises: NotFound."""
    return found_of(uow, CREDIT_NOTE, credit_note_id).document


def stored(uow: UnitOfWork, found: Found, form: FileFormat) -> StoredDocument | None:
    """The file that was made of a document."""
    query = select(StoredDocument).where(
        StoredDocument.kind == str(found.document.kind),
        StoredDocument.subject_id == found.subject_id,
        StoredDocument.format == str(form),
    )
    return uow.session.scalars(query).first()


def _invoice(uow: UnitOfWork, invoice_id: int) -> Invoice:
    # A page that has read the invoice with its parts does not read them again.
    whole = [selectinload(Invoice.lines), selectinload(Invoice.taxes)]
    invoice = uow.session.get(Invoice, invoice_id, options=whole)
    if invoice is None:
        raise NotFound("there is no such document")
    return invoice


def _credit_note(uow: UnitOfWork, credit_note_id: int) -> CreditNote:
    query = select(CreditNote).where(CreditNote.id == credit_note_id)
    note = uow.session.scalars(
        query.options(selectinload(CreditNote.lines), selectinload(CreditNote.taxes))
    ).first()
    if note is None:
        raise NotFound("there is no such document")
    return note


def _of_invoice(uow: UnitOfWork, invoice: Invoice) -> InvoiceDocument:
    assert invoice.issued_on is not None
    given_up = Money(invoice.written_off_minor, invoice.currency)
    return InvoiceDocument(
        kind=DocumentKind(invoice.kind),
        number=invoice.number or "",
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        tax_point=invoice.tax_point,
        seller=Party.from_copy(invoice.seller),
        buyer=Party.from_copy(invoice.buyer),
        currency=invoice.currency,
        lines=tuple(_line(line) for line in invoice.lines),
        taxes=_groups(invoice.taxes),
        net=invoice.net,
        tax=invoice.tax,
        total=invoice.total,
        paid=invoice.paid - invoice.credited - given_up,
        credited=invoice.credited + given_up,
        prepaid=_prepaid(uow, invoice),
        treatment=invoice.tax_treatment,
        tax_note=clean(invoice.tax_note),
        notes=tuple(Note(clean(note["title"]), clean(note["text"])) for note in invoice.notes),
        pay_link=f"{uow.settings.shop.site_url}/billing/invoices/{invoice.number}/",
        language=_language(uow, invoice.client_id),
    )


def _of_credit_note(uow: UnitOfWork, note: CreditNote) -> InvoiceDocument:
    invoice, zero = _invoice(uow, note.invoice_id), Money.zero(note.currency)
    mirrored = {line.id: line for line in invoice.lines}
    taxes = [_key(tax) for tax in note.taxes]
    lines = []
    for line in note.lines:
        origin = mirrored.get(line.invoice_line_id or 0)
        keys = [_key(invoice.taxes[position]) for position in (origin.tax_positions if origin else ())]
        positions = tuple(taxes.index(key) for key in keys if key in taxes)
        lines.append(DocumentLine(clean(line.description), line.amount, 1, line.amount, taxes=positions))
    return InvoiceDocument(
        kind=DocumentKind.CREDIT_NOTE,
        number=note.number,
        issued_on=note.issued_on,
        due_on=None,
        tax_point=None,
        seller=Party.from_copy(note.seller),
        buyer=Party.from_copy(note.buyer),
        currency=note.currency,
        lines=tuple(lines),
        taxes=_groups(note.taxes),
        net=Money(note.net_minor, note.currency),
        tax=Money(note.tax_minor, note.currency),
        total=note.total,
        paid=zero,
        credited=zero,
        prepaid=zero,
        treatment=note.tax_treatment,
        tax_note=clean(note.tax_note),
        corrects=invoice.number or "",
        corrects_on=invoice.issued_on,
        reason=clean(note.reason),
        language=_language(uow, note.client_id),
    )


def _line(line: InvoiceLine) -> DocumentLine:
    period = Period(line.period_start, line.period_end) if line.period_start and line.period_end else None
    return DocumentLine(
        description=clean(line.description),
        net=line.amount,
        quantity=line.quantity,
        unit=line.unit,
        detail=clean(line.detail),
        period=period,
        taxes=tuple(line.tax_positions),
    )


def _groups(rows: Sequence[InvoiceTax] | Sequence[CreditNoteTax]) -> tuple[TaxGroup, ...]:
    return tuple(
        TaxGroup(
            name=clean(row.name),
            rate_ppm=row.rate_ppm,
            category=row.category,
            base=Money(row.base_minor, row.currency),
            tax=Money(row.tax_minor, row.currency),
            level=row.level,
            compound=row.compound,
        )
        for row in rows
    )


def _key(row: InvoiceTax | CreditNoteTax) -> tuple[object, ...]:
    return (row.name, row.rate_ppm, row.level, row.compound, row.category)


def _prepaid(uow: UnitOfWork, invoice: Invoice) -> Money:
    """The money that turned a proforma into this invoice: its first; anything else came after the issue."""
    zero = Money.zero(invoice.currency)
    if invoice.proforma_number is None:
        return zero
    money = (
        Allocation.invoice_id == invoice.id,
        Allocation.amount_minor > 0,
        Allocation.source.in_((Source.PAYMENT, Source.CREDIT)),
    )
    first = select(func.min(Allocation.at)).where(*money).scalar_subquery()
    query = select(func.sum(Allocation.amount_minor)).where(*money, Allocation.at == first)
    return Money(int(uow.session.scalar(query) or 0), invoice.currency)


def _language(uow: UnitOfWork, client_id: int) -> str:
    return known_language(accounts.client_facts(uow, client_id).language)
