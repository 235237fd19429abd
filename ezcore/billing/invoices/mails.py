"""Mails about invoices and payments: which event becomes which template, with which values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ezcore.accounts import queries as accounts
from ezcore.billing.documents import operations as documents
from ezcore.billing.invoices.events import InvoiceIssued, ReminderDue
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations.pay_link import pay_address
from ezcore.billing.transactions.events import PaymentDeclined, PaymentReceived
from ezcore.messaging.attachments import Attachment
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork


def issued(uow: UnitOfWork, event: InvoiceIssued, key: str) -> None:
    """An invoice is owed. One of zero needs no mail: it is paid already."""
    if event.total.is_positive:
        values: dict[str, Value] = {"total": event.total, "due_on": event.due_on}
        _send(
            uow,
            "invoice_issued",
            event.invoice_id,
            key,
            values,
            documents.attachment_of(uow, event.invoice_id),
        )


def received(uow: UnitOfWork, event: PaymentReceived, key: str) -> None:
    """Money came in."""
    values: dict[str, Value] = {"amount": event.amount, "paid_on": uow.today()}
    _send(uow, "payment_received", event.invoice_id, key, values)


def declined(uow: UnitOfWork, event: PaymentDeclined, key: str) -> None:
    """A stored method was declined; the client can pay by hand."""
    _send(uow, "payment_failed", event.invoice_id, key, {"amount": event.amount, "reason": event.reason})


def reminder(uow: UnitOfWork, event: ReminderDue, key: str) -> None:
    """An invoice will be due, today or soon, or is overdue; then it says when the service will be suspended."""
    invoice = uow.session.get_one(Invoice, event.invoice_id)
    if event.days <= 0:
        soon: dict[str, Value] = {"balance": invoice.balance_due, "due_on": invoice.due_on}
        _send(uow, "payment_due_soon", event.invoice_id, key, soon)
        return
    suspend_on = invoice.due_on + timedelta(days=uow.settings.dunning.suspend_after_days)
    values: dict[str, Value] = {
        "balance": invoice.balance_due,
        "due_on": invoice.due_on,
        "suspend_on": suspend_on,
    }
    _send(uow, "payment_reminder", event.invoice_id, key, values)


def _send(
    uow: UnitOfWork,
    template: str,
    invoice_id: int,
    key: str,
    values: dict[str, Value],
    attachments: Sequence[Attachment] = (),
) -> None:
    invoice = uow.session.get_one(Invoice, invoice_id)
    client = accounts.client_facts(uow, invoice.client_id)
    link = f"{uow.settings.shop.site_url}/billing/invoices/{invoice.number}/"
    own: dict[str, Value] = {
        "name": client.name,
        "number": invoice.number or "",
        "link": link,
        "pay_link": pay_address(uow, invoice),
    }
    queue_mail(
        uow,
        template,
        client.email,
        own | values,
        key=key,
        client_id=client.id,
        language=client.language,
        attachments=attachments,
    )
