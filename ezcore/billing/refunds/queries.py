"""Reads of refunds: what of a payment can still go back, and what a refund would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices.models import Allocation, Invoice, InvoiceKind, InvoiceStatus, Source
from ezcore.billing.refunds.models import Refund, RefundStatus, RefundTo
from ezcore.billing.refunds.rules import Part, Share, Taken, split
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Held:
    """Where the money of a payment is: on the client's credit (`loose`), and on invoices (`shares`)."""

    loose: Money
    shares: tuple[Share, ...]


def refundable(transaction: Transaction) -> Money:
    """What was received, less what went back and what a bank holds."""
    left = transaction.received_minor - transaction.refunded_minor - transaction.disputed_minor
    return Money(max(left, 0), transaction.currency)


def of_transaction(uow: UnitOfWork, transaction_id: int) -> Sequence[Refund]:
    """Refunds of a payment, oldest first."""
    return uow.session.scalars(
        select(Refund).where(Refund.transaction_id == transaction_id).order_by(Refund.id)
    ).all()


def sent_of_note(uow: UnitOfWork, note_id: int, client_id: int) -> list[tuple[Refund, Money]]:
    """What of a credit note went back out of the client's credit at once: each refund with its part of that note.

    A refund that failed left the money on the credit.
    """
    query = select(Refund).where(
        Refund.client_id == client_id, Refund.to != RefundTo.CREDIT, Refund.status != RefundStatus.FAILED
    )
    found = []
    for refund in uow.session.scalars(query.order_by(Refund.id)):
        parts = [part for part in refund.parts if part["from"] == Taken.NOTE]
        minor = sum(part["minor"] for part in parts if part["credit_note_id"] == note_id)
        if minor:
            found.append((refund, Money(minor, refund.currency)))
    return found


def held(uow: UnitOfWork, transaction: Transaction) -> Held:
    """Where the money of a payment is now, newest invoice first."""
    refunds = of_transaction(uow, transaction.id)
    allocated = {
        invoice_id: int(minor)
        for invoice_id, minor in uow.session.execute(
            select(Allocation.invoice_id, func.sum(Allocation.amount_minor))
            .where(Allocation.transaction_id == transaction.id, Allocation.source == Source.PAYMENT)
            .group_by(Allocation.invoice_id)
        )
    }
    noted: dict[int, int] = {}
    for refund in refunds:
        for part in refund.parts:
            if part["from"] == Taken.NOTE:
                noted[part["invoice_id"]] = noted.get(part["invoice_id"], 0) + part["minor"]
    invoices = uow.session.scalars(
        select(Invoice).where(Invoice.id.in_(allocated)).order_by(Invoice.id.desc())
    )
    shares = []
    for invoice in invoices:
        minor = allocated[invoice.id] - noted.get(invoice.id, 0)
        if minor > 0:
            shares.append(_share(uow, invoice, Money(minor, transaction.currency)))
    gone = transaction.refunded_minor + transaction.disputed_minor
    loose = transaction.received_minor - sum(allocated.values()) + sum(noted.values()) - gone
    return Held(Money(max(loose, 0), transaction.currency), tuple(shares))


def plan(
    uow: UnitOfWork, transaction: Transaction, amount: Money, to: str, *, credit_note: bool
) -> list[Part]:
    """What a refund of this amount would be taken from; nothing is changed."""
    found = held(uow, transaction)
    return split(amount, found.loose, found.shares, to_credit=to == RefundTo.CREDIT, credit_note=credit_note)


def _share(uow: UnitOfWork, invoice: Invoice, held_: Money) -> Share:
    settled = invoice.status in (InvoiceStatus.UNPAID, InvoiceStatus.PAID)
    creditable = Money.zero(invoice.currency)
    if settled and invoice.kind != InvoiceKind.PROFORMA:
        left = credit_notes.left_of(uow, invoice).values()
        creditable = Money.total((part.gross for part in left), invoice.currency)
    return Share(
        invoice.id,
        is_paid=invoice.status == InvoiceStatus.PAID,
        is_open=invoice.status == InvoiceStatus.UNPAID,
        held=held_,
        creditable=creditable,
    )
