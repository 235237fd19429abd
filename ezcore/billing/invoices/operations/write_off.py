"""Give up what nobody will pay: the rest of an invoice becomes a bad debt."""

from __future__ import annotations

from ezcore.billing.invoices.events import InvoiceWrittenOff
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus, Source
from ezcore.billing.invoices.operations.settle import apply, record
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def write_off(uow: UnitOfWork, invoice: Invoice, reason: str) -> Money:
    """Write off all that is open, tax included; returns how much that was. The invoice is closed, nothing is delivered.

    Money that comes later is the client's credit. Relief of the tax on a bad debt is a matter of the tax return.
    Emits: InvoiceWrittenOff. Raises: NotAllowed; InvalidInput(field="reason"); Refused (not unpaid, a proforma, added
    funds: those are cancelled, they are not in the books).
    """
    uow.actor.require("billing.manage")
    if not reason.strip():
        raise InvalidInput("say why", field="reason")
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.UNPAID:
        raise Refused(f"invoice {invoice.number} is {invoice.status}: there is nothing to write off")
    if invoice.kind == InvoiceKind.PROFORMA or any(line.kind == "funds" for line in invoice.lines):
        raise Refused("nothing was sold yet: cancel it, or credit what is open")
    amount, client = invoice.balance_due, invoice.client_id
    key = f"invoice:{invoice.id}:write_off:{invoice.paid_minor}"
    if apply(uow, invoice, amount, source=Source.WRITE_OFF, journal_key=key).is_positive:
        raise Refused(f"invoice {invoice.number} was paid meanwhile")
    sides = [ledger.Posting(ledger.BAD_DEBT, amount), ledger.Posting(ledger.RECEIVABLE, -amount, client)]
    ledger.post(uow, key, "write_off", uow.today(), sides, reason)
    record(uow, invoice, "invoice.write_off", InvoiceStatus.UNPAID, reason)
    uow.emit(InvoiceWrittenOff(invoice.id, client, amount, reason))
    return amount
