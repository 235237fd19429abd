"""Apply money to an invoice and take it back; every movement is an allocation of its own."""

from __future__ import annotations

from sqlalchemy import case, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices.events import InvoiceCancelled, InvoicePaid, InvoiceReopened, InvoiceRepaid
from ezcore.billing.invoices.models import Allocation, Invoice, InvoicePaidOnce, InvoiceStatus, Source
from ezcore.db.once import insert_once
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def apply(
    uow: UnitOfWork,
    invoice: Invoice,
    amount: Money,
    *,
    source: Source = Source.PAYMENT,
    journal_key: str = "",
    transaction_id: int | None = None,
    credit_note_id: int | None = None,
) -> Money:
    """Apply an amount to an unpaid invoice; returns what did not fit (all of it when the invoice is not unpaid).

    One conditional UPDATE decides, so two payments at once never pay it twice. The caller posts the journal.
    Emits: InvoicePaid, the first time nothing is open; InvoiceRepaid when a payment that was taken back is made good;
    neither when the rest was written off: that delivers nothing.
    """
    uow.session.refresh(invoice, with_for_update=True)
    applied = min(amount, invoice.balance_due)
    if (
        invoice.status != InvoiceStatus.UNPAID
        or not applied.is_positive
        or not _count(uow, invoice, applied, source)
    ):
        return amount
    uow.session.add(
        Allocation(
            invoice_id=invoice.id,
            client_id=invoice.client_id,
            currency=invoice.currency,
            amount_minor=applied.minor,
            source=source,
            transaction_id=transaction_id,
            credit_note_id=credit_note_id,
            journal_key=journal_key,
            at=uow.now(),
        )
    )
    uow.session.refresh(invoice)
    if invoice.status == InvoiceStatus.PAID and source != Source.WRITE_OFF:
        announce(uow, invoice)
    return amount - applied


def close(uow: UnitOfWork, invoice: Invoice) -> None:
    """An invoice of nothing is paid as soon as it is issued. Emits: InvoicePaid."""
    if invoice.status == InvoiceStatus.UNPAID and invoice.balance_due.is_zero:
        invoice.status, invoice.paid_at = InvoiceStatus.PAID, uow.now()
        uow.session.flush()
        announce(uow, invoice)


def unapply(uow: UnitOfWork, allocation: Allocation, amount: Money, reason: str, journal_key: str) -> None:
    """Take an applied payment back (a chargeback, a payment that bounced): the invoice is owed again.

    The caller posts the journal. Emits: InvoiceReopened. Raises: Refused when less than `amount` is applied.
    """
    invoice = uow.session.get_one(Invoice, allocation.invoice_id)
    uow.session.refresh(invoice, with_for_update=True)
    before = invoice.status
    taken = uow.session.execute(
        update(Invoice)
        .where(
            Invoice.id == invoice.id,
            Invoice.status.in_((InvoiceStatus.UNPAID, InvoiceStatus.PAID)),
            Invoice.paid_minor >= amount.minor,
        )
        .values(paid_minor=Invoice.paid_minor - amount.minor, status=InvoiceStatus.UNPAID, paid_at=None)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(f"invoice {invoice.number} is {invoice.status}: nothing can be taken back from it")
    uow.session.add(
        Allocation(
            invoice_id=invoice.id,
            client_id=invoice.client_id,
            currency=invoice.currency,
            amount_minor=-amount.minor,
            source=allocation.source,
            transaction_id=allocation.transaction_id,
            reverses_id=allocation.id,
            journal_key=journal_key,
            at=uow.now(),
        )
    )
    uow.session.refresh(invoice)
    record(uow, invoice, "invoice.reopen", before, reason)
    uow.emit(InvoiceReopened(invoice.id, invoice.client_id, amount, reason))


def announce(uow: UnitOfWork, invoice: Invoice) -> None:
    """Say that nothing is open any more: as `paid` once in the invoice's life, as `repaid` after that (I05)."""
    record(uow, invoice, "invoice.paid", InvoiceStatus.UNPAID)
    row = {"invoice_id": invoice.id, "at": uow.now()}
    first = insert_once(uow.session, InvoicePaidOnce, row, returning="invoice_id") is not None
    kind = InvoicePaid if first else InvoiceRepaid
    uow.emit(kind(invoice.id, invoice.client_id, invoice.total))


def record(uow: UnitOfWork, invoice: Invoice, verb: str, before: str, reason: str | None = None) -> None:
    """The audit row of a change of state."""
    audit.record(
        uow,
        verb,
        "invoice",
        invoice.id,
        client_id=invoice.client_id,
        before={"status": str(before)},
        after={"status": str(invoice.status), "number": invoice.number},
        reason=reason,
    )


def _count(uow: UnitOfWork, invoice: Invoice, applied: Money, source: Source) -> bool:
    done = Invoice.paid_minor + applied.minor == Invoice.total_minor
    values = {
        "paid_minor": Invoice.paid_minor + applied.minor,
        "status": case((done, InvoiceStatus.PAID), else_=InvoiceStatus.UNPAID),
        "paid_at": case((done, uow.now()), else_=None),
    }
    if source == Source.CREDIT_NOTE:
        values["credited_minor"] = Invoice.credited_minor + applied.minor
    if source == Source.WRITE_OFF:
        values["written_off_minor"] = Invoice.written_off_minor + applied.minor
    taken = uow.session.execute(
        update(Invoice)
        .where(
            Invoice.id == invoice.id,
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.paid_minor + applied.minor <= Invoice.total_minor,
        )
        .values(values)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def void(uow: UnitOfWork, invoice: Invoice, amount: Money, credit_note_id: int, number: str) -> None:
    """A credit note takes off all that is owed of an invoice nobody paid: it is cancelled, not paid.

    Emits: InvoiceCancelled.
    """
    uow.session.add(
        Allocation(
            invoice_id=invoice.id,
            client_id=invoice.client_id,
            currency=invoice.currency,
            amount_minor=amount.minor,
            source=Source.CREDIT_NOTE,
            credit_note_id=credit_note_id,
            journal_key=f"credit_note:{number}",
            at=uow.now(),
        )
    )
    invoice.paid_minor += amount.minor
    invoice.credited_minor += amount.minor
    invoice.status = InvoiceStatus.CANCELLED
    for line in invoice.lines:
        line.period_key = None
    uow.session.flush()
    record(uow, invoice, "invoice.cancel", InvoiceStatus.UNPAID, f"credit note {number}")
    uow.emit(InvoiceCancelled(invoice.id, invoice.client_id))
