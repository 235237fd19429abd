"""Charges stored payment methods for invoices that come due, with a retry schedule."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from ezcore.automation.run import Outcome
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.methods.models import PaymentMethod
from ezcore.billing.methods.queries import method_of
from ezcore.billing.subscriptions import queries as subscriptions
from ezcore.billing.transactions.jobs import request_capture
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.jobs.models import OPEN_STATES, Job
from ezcore.work import UnitOfWork, Work

# So long a client who went to the gateway may still be typing; the next run charges who gave up.
AT_THE_GATEWAY = timedelta(hours=1)


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Queue one charge per due invoice whose client has a stored method. Safe to run twice: one job per attempt."""
    outcome = Outcome()
    with work.read() as uow:
        days = uow.settings.billing.charge_days_before
        stored = select(PaymentMethod.id).where(
            PaymentMethod.client_id == Invoice.client_id, PaymentMethod.removed_at.is_(None)
        )
        due = select(Invoice.id).where(
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.due_on <= on + timedelta(days=days),
            stored.exists(),
        )
        ids = uow.session.scalars(due.order_by(Invoice.id)).all()
    for invoice_id in ids:
        with outcome.apart(f"invoice {invoice_id}"), work.write() if not preview else work.read() as uow:
            _charge(uow, uow.session.get_one(Invoice, invoice_id), on, preview, outcome)
    return outcome


def _charge(uow: UnitOfWork, invoice: Invoice, on: date, preview: bool, outcome: Outcome) -> None:
    method = method_of(uow, invoice.client_id)
    # Asked again: it may have been paid or cancelled since the list was made.
    if invoice.status != InvoiceStatus.UNPAID or method is None or _busy(uow, invoice):
        return
    if invoice.disputed_at is not None:
        outcome.skipped.append(f"invoice {invoice.number}: its payment was disputed, the client pays by hand")
        return
    if subscriptions.bills_invoice(uow, invoice.id):
        outcome.skipped.append(f"invoice {invoice.number}: the gateway bills it")
        return
    declined = _declines(uow, invoice)
    retries = uow.settings.billing.retries
    if declined and (declined > len(retries) or on < invoice.due_on + timedelta(days=retries[declined - 1])):
        outcome.skipped.append(f"invoice {invoice.number}: declined {declined} times")
        return
    if not preview:
        request_capture(uow, invoice, method, declined + 1)
    outcome.lines.append(f"invoice {invoice.number}: charge {invoice.balance_due} to {method.label}")


def _declines(uow: UnitOfWork, invoice: Invoice) -> int:
    query = select(func.count()).where(
        Transaction.invoice_id == invoice.id,
        Transaction.kind == "capture",
        Transaction.status == TransactionStatus.DECLINED,
    )
    return int(uow.session.scalar(query) or 0)


def _busy(uow: UnitOfWork, invoice: Invoice) -> bool:
    """A charge runs, or the client is paying right now: never ask twice for the same money."""
    charging = select(Job.id).where(
        Job.kind == "billing.capture", Job.subject_id == invoice.id, Job.state.in_(OPEN_STATES)
    )
    paying = select(Transaction.id).where(
        Transaction.invoice_id == invoice.id,
        Transaction.kind == "checkout",
        Transaction.status == TransactionStatus.PENDING,
        Transaction.created_at > uow.now() - AT_THE_GATEWAY,
    )
    return any(uow.session.execute(query.limit(1)).first() is not None for query in (charging, paying))
