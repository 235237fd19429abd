"""Issue a credit note: take back an invoice, or a part of it. What was paid already becomes the client's credit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from ezcore.audit import operations as audit
from ezcore.billing import numbers
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import rules
from ezcore.billing.credit_notes.events import CreditNoteIssued
from ezcore.billing.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteTax
from ezcore.billing.credit_notes.rules import Part
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus, Source
from ezcore.billing.invoices.operations.issue import ACCOUNTS, seller
from ezcore.billing.invoices.operations.settle import record
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def issue(
    uow: UnitOfWork, invoice: Invoice, reason: str, gross: Money | Mapping[int, Money] | None = None
) -> CreditNote:
    """Take back an issued invoice: all that is left of it, an amount spread over its lines, or amounts by line id.

    Amounts include tax. The open balance is lowered first; the rest goes to the client's credit. An invoice that is
    credited in full is `refunded` when it was paid and `cancelled` when it was not, and its periods are free again.
    Emits: CreditNoteIssued. Raises: NotAllowed; Refused (draft, cancelled, refunded, a proforma); InvalidInput.
    """
    uow.actor.require("billing.manage")
    return write(uow, invoice, reason, gross)


def write(
    uow: UnitOfWork, invoice: Invoice, reason: str, gross: Money | Mapping[int, Money] | None = None
) -> CreditNote:
    """As `issue`, for operations that asked for their own permission (a downgrade, a refund)."""
    uow.session.refresh(invoice, with_for_update=True)
    parts = preview(uow, invoice, gross)
    note = _note(invoice, parts, reason, uow)
    _number(uow, note)
    _post(uow, invoice, note, parts)
    _settle(uow, invoice, note)
    audit.record(
        uow,
        "credit_note.issue",
        "credit_note",
        note.id,
        client_id=note.client_id,
        after={"number": note.number, "invoice": invoice.number, "total": str(note.total)},
        reason=reason,
    )
    uow.emit(CreditNoteIssued(note.id, invoice.id, note.client_id, note.number, note.total))
    return note


def preview(
    uow: UnitOfWork, invoice: Invoice, gross: Money | Mapping[int, Money] | None = None
) -> list[Part]:
    """What a credit note would take back of which line; writes nothing. Raises: Refused; InvalidInput."""
    if (
        invoice.status not in (InvoiceStatus.UNPAID, InvoiceStatus.PAID)
        or invoice.kind == InvoiceKind.PROFORMA
    ):
        raise Refused(f"{invoice.kind} {invoice.number} is {invoice.status}: nothing of it can be credited")
    if invoice.written_off_minor:
        raise Refused(f"invoice {invoice.number} was written off: nobody paid what could be given back")
    if invoice.status == InvoiceStatus.PAID and credit.buys_credit(invoice):
        raise Refused("the added funds are the client's credit already: take them back by a refund")
    parts = [part for part in _parts(uow, invoice, gross) if not part.gross.is_zero]
    if not parts:
        raise Refused(f"invoice {invoice.number} is credited in full already")
    if not Money.total((part.gross for part in parts), invoice.currency).is_positive:
        raise InvalidInput("a credit note is more than nothing", field="amount")
    return parts


def left_of(uow: UnitOfWork, invoice: Invoice) -> dict[int, Part]:
    """What can still be credited of each line, by its id."""
    query = (
        select(
            CreditNoteLine.invoice_line_id,
            func.sum(CreditNoteLine.amount_minor),
            func.sum(CreditNoteLine.tax_minor),
        )
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNote.invoice_id == invoice.id)
        .group_by(CreditNoteLine.invoice_line_id)
    )
    gone = {line_id: (int(net), int(tax)) for line_id, net, tax in uow.session.execute(query)}
    left = {}
    for line in invoice.lines:
        net, tax = gone.get(line.id, (0, 0))
        rest = Money(line.amount_minor - net, line.currency), Money(line.tax_minor - tax, line.currency)
        left[line.id] = Part(line.id, *rest)
    return left


def _parts(uow: UnitOfWork, invoice: Invoice, gross: Money | Mapping[int, Money] | None) -> list[Part]:
    left = left_of(uow, invoice)
    if gross is None:
        return list(left.values())
    if isinstance(gross, Money):
        return rules.spread(invoice.lines, left, gross)
    for line_id, amount in gross.items():
        if line_id not in left or abs(amount) > abs(left[line_id].gross):
            raise InvalidInput("more than is left of this line", field=f"line-{line_id}")
    return [rules.take(left[line_id], amount) for line_id, amount in gross.items()]


def _note(invoice: Invoice, parts: Sequence[Part], reason: str, uow: UnitOfWork) -> CreditNote:
    by_id = {line.id: line for line in invoice.lines}
    net = Money.total((part.net for part in parts), invoice.currency)
    tax = Money.total((part.tax for part in parts), invoice.currency)
    applied = min(net + tax, invoice.balance_due)
    if not (net + tax).is_positive:
        raise InvalidInput("a credit note is more than nothing", field="amount")
    return CreditNote(
        invoice_id=invoice.id,
        client_id=invoice.client_id,
        currency=invoice.currency,
        net_minor=net.minor,
        tax_minor=tax.minor,
        total_minor=(net + tax).minor,
        applied_minor=applied.minor,
        to_credit_minor=(net + tax - applied).minor,
        issued_on=uow.today(),
        tax_treatment=invoice.tax_treatment,
        tax_note=invoice.tax_note,
        reason=reason,
        buyer=invoice.buyer,
        seller=seller(uow),
        created_at=uow.now(),
        lines=[
            CreditNoteLine(
                invoice_line_id=part.line_id,
                position=position,
                description=by_id[part.line_id].description,
                amount_minor=part.net.minor,
                tax_minor=part.tax.minor,
                tax_class=by_id[part.line_id].tax_class,
                currency=invoice.currency,
            )
            for position, part in enumerate(parts)
        ],
        taxes=[
            CreditNoteTax(
                position=position,
                currency=invoice.currency,
                base_minor=part.base.minor,
                tax_minor=part.tax.minor,
                **{
                    name: getattr(invoice.taxes[part.position], name)
                    for name in ("name", "rate_ppm", "level", "compound", "category", "rule_id")
                },
            )
            for position, part in enumerate(rules.taxes_of(parts, invoice.lines, invoice.taxes))
        ],
    )


def _number(uow: UnitOfWork, note: CreditNote) -> None:
    """Number and hash are there before the row: a credit note is immutable from its first moment."""
    note.series, note.sequence = numbers.take(uow, "credit_note", note.issued_on)
    note.number = numbers.printed(uow, "credit_note", note.sequence, note.issued_on)
    note.content_hash = stored_hash(note)
    uow.session.add(note)
    uow.session.flush()


def stored_hash(note: CreditNote) -> str:
    """SHA-256 of what the client was shown."""
    content = [
        note.number, note.invoice_id, note.currency, note.net_minor, note.tax_minor, note.total_minor,
        str(note.issued_on), note.reason, note.buyer, note.seller, note.tax_treatment, note.tax_note,
        [[line.description, line.amount_minor, line.tax_minor, line.tax_class] for line in note.lines],
        [[tax.name, tax.rate_ppm, tax.level, tax.category, tax.base_minor, tax.tax_minor] for tax in note.taxes],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _post(uow: UnitOfWork, invoice: Invoice, note: CreditNote, parts: Sequence[Part]) -> None:
    kinds = {line.id: line.kind for line in invoice.lines}
    client, currency = note.client_id, note.currency
    sides = [
        ledger.Posting(
            ACCOUNTS.get(kinds[part.line_id], ledger.REVENUE),
            part.net,
            client if kinds[part.line_id] == "funds" else None,
        )
        for part in parts
    ]
    ledger.post(
        uow,
        f"credit_note:{note.number}",
        "credit_note",
        uow.today(),
        [
            *sides,
            ledger.Posting(ledger.TAX_PAYABLE, Money(note.tax_minor, currency)),
            ledger.Posting(ledger.RECEIVABLE, -Money(note.applied_minor, currency), client),
            ledger.Posting(ledger.CLIENT_CREDIT, -Money(note.to_credit_minor, currency), client),
        ],
        note.reason,
    )
    credit.put(uow, client, Money(note.to_credit_minor, currency))


def _settle(uow: UnitOfWork, invoice: Invoice, note: CreditNote) -> None:
    before, untouched = invoice.status, invoice.paid_minor == invoice.credited_minor
    whole = all(part.gross.is_zero for part in left_of(uow, invoice).values())
    if note.applied_minor and not (whole and untouched):
        amount = Money(note.applied_minor, note.currency)
        key = f"credit_note:{note.number}"
        invoices.apply(
            uow, invoice, amount, source=Source.CREDIT_NOTE, journal_key=key, credit_note_id=note.id
        )
    elif note.applied_minor:
        invoices.void(uow, invoice, Money(note.applied_minor, note.currency), note.id, note.number)
    if whole and before == InvoiceStatus.PAID:
        uow.session.refresh(invoice)
        invoice.status = InvoiceStatus.REFUNDED
        record(uow, invoice, "invoice.refund", before, note.reason)
        uow.session.flush()
