"""Cancel an unpaid invoice: it keeps its number and its page, and is no longer owed."""

from __future__ import annotations

from ezcore.billing.invoices.events import InvoiceCancelled
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus
from ezcore.billing.invoices.operations.issue import postings
from ezcore.billing.invoices.operations.settle import record
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.errors import Refused
from ezcore.work import UnitOfWork


def cancel(uow: UnitOfWork, invoice: Invoice, reason: str) -> None:
    """The invoice is no longer owed; its periods may be billed again. Emits: InvoiceCancelled.

    Raises: Refused when it is not unpaid, or money was applied.
    """
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.UNPAID or invoice.paid_minor:
        raise Refused(f"invoice {invoice.number} is {invoice.status} and cannot be cancelled")
    invoice.status = InvoiceStatus.CANCELLED
    release(invoice)
    if invoice.kind != InvoiceKind.PROFORMA:
        lines: list[dict[str, object]] = [
            {"kind": line.kind, "amount_minor": line.amount_minor} for line in invoice.lines
        ]
        sides = postings(invoice.client_id, invoice.total, invoice.tax, lines)
        back = [ledger.Posting(side.account, -side.amount, side.client_id) for side in sides]
        ledger.post(uow, f"invoice:{invoice.id}:cancel", "cancellation", uow.today(), back)
    record(uow, invoice, "invoice.cancel", InvoiceStatus.UNPAID, reason)
    uow.emit(InvoiceCancelled(invoice.id, invoice.client_id))


def release(invoice: Invoice) -> None:
    """The periods that it billed may be billed again."""
    for line in invoice.lines:
        line.period_key = None
