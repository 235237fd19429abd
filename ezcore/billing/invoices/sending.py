"""Say by hand what mails say by themselves: an unpaid invoice once more, or that it waits to be paid."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.billing.invoices import mails
from ezcore.billing.invoices.events import InvoiceIssued, ReminderDue
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.kernel.errors import Refused
from ezcore.messaging.models import Mail
from ezcore.work import UnitOfWork


def send_again(uow: UnitOfWork, invoice: Invoice) -> None:
    """Mail the invoice to its client as when it was issued, at most once a day.

    Raises: NotAllowed; Refused when it is not unpaid, or was sent again today.
    """
    key = _once_a_day(uow, invoice, "again")
    event = InvoiceIssued(invoice.id, invoice.client_id, invoice.number or "", invoice.total, invoice.due_on)
    mails.issued(uow, event, key)
    audit.record(uow, "invoice.send_again", "invoice", invoice.id, client_id=invoice.client_id)


def remind(uow: UnitOfWork, invoice: Invoice) -> None:
    """Remind the client now, at most once a day, whatever the days of automatic reminders are.

    Raises: NotAllowed; Refused when it is not unpaid, or they were reminded by hand today.
    """
    key = _once_a_day(uow, invoice, "remind")
    days = (uow.today() - invoice.due_on).days
    mails.reminder(uow, ReminderDue(invoice.id, invoice.client_id, days), key)
    audit.record(uow, "invoice.remind", "invoice", invoice.id, client_id=invoice.client_id)


def _once_a_day(uow: UnitOfWork, invoice: Invoice, what: str) -> str:
    """The key of today's mail; the row is locked, so of two members of staff one is first."""
    uow.actor.require("billing.manage")
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.UNPAID:
        raise Refused(f"invoice {invoice.number} is {invoice.status}: nothing waits to be paid")
    key = f"invoice:{invoice.id}:{what}:{uow.today()}"
    if uow.session.scalars(select(Mail.id).where(Mail.key == key).limit(1)).first() is not None:
        raise Refused(f"this mail about invoice {invoice.number} was sent today already")
    return key
