"""Jobs of payments: charge a stored method, reconcile a checkout whose webhook never came."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.methods.models import PaymentMethod
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.plugin_api.errors import OutcomeUnknown, StillRunning
from ezcore.plugin_api.jobs import RECONCILE, JobKind
from ezcore.plugin_api.ports.gateway import (
    CaptureRequest,
    Gateway,
    GatewayCapability,
    PaymentResult,
    StoredMethod,
)
from ezcore.work import UnitOfWork

NOT_NEEDED = {"skipped": "nothing to charge"}


def request_capture(uow: UnitOfWork, invoice: Invoice, method: PaymentMethod, attempt: int) -> None:
    """Queue an off-session charge of the open balance; one job per invoice and attempt."""
    jobs.enqueue(
        uow,
        CAPTURE,
        f"capture:{invoice.id}:{attempt}",
        {"invoice_id": invoice.id, "method_id": method.id},
        subject=("invoice", invoice.id),
        client_id=invoice.client_id,
        provider=f"gateway:{method.gateway}",
    )


def _open(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    """The intent, with our reference, is committed with the step; so a crash later finds it."""
    invoice = uow.session.get_one(Invoice, context.payload["invoice_id"])
    method = uow.session.get_one(PaymentMethod, context.payload["method_id"])
    if invoice.status == InvoiceStatus.UNPAID:
        transaction = transactions.open_transaction(uow, invoice, method.gateway, "capture")
        transaction.reference = _reference(uow, invoice, context.job.key)
        transaction.checkout_id = context.job.key


def _reference(uow: UnitOfWork, invoice: Invoice, job_key: str) -> str:
    """The same for the same invoice and attempt, also after an old backup was restored.

    The gateway then answers with the charge it made before, instead of making it again (I45). Keyed with a secret of
    this installation, so that two shops at one gateway account never share a reference.
    """
    told = f"{job_key}:{invoice.content_hash}".encode()
    return f"pay_{hmac.new(uow.box.subkeys('payment reference')[0], told, sha256).hexdigest()[:32]}"


def _charge(context: StepContext) -> Any:
    with context.work.read() as uow:
        transaction = _transaction_of(uow, context)
        if transaction is None or transaction.status == TransactionStatus.SUCCEEDED:
            return NOT_NEEDED
        invoice = uow.session.get_one(Invoice, transaction.invoice_id)
        if invoice.status != InvoiceStatus.UNPAID:
            return NOT_NEEDED
        request = _capture_request(uow, transaction, invoice, context.payload["method_id"])
    gateway = context.ports.get(Gateway, transaction.gateway)
    if context.attempt > 1 and GatewayCapability.FIND in gateway.capabilities:
        # We may have asked before and lost the answer: look before asking again.
        found = gateway.find(request.operation_key)
        if found is not None and found.status != "pending":
            return found
    result = gateway.capture(request)
    if result.status == "pending":
        raise StillRunning(60, {"external_id": result.external_id}, "the bank works on it")
    return result


def _settle(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    transaction = _transaction_of(uow, context)
    if transaction is not None and result != NOT_NEEDED:
        transactions.settle(uow, transaction, PaymentResult.model_validate(result))


def _transaction_of(uow: UnitOfWork, context: StepContext) -> Transaction | None:
    query = select(Transaction).where(
        Transaction.checkout_id == context.job.key, Transaction.kind == "capture"
    )
    return uow.session.scalars(query).first()


def _capture_request(
    uow: UnitOfWork, transaction: Transaction, invoice: Invoice, method_id: int
) -> CaptureRequest:
    method = uow.session.get_one(PaymentMethod, method_id)
    client = accounts.client_facts(uow, invoice.client_id).model_copy(
        update={"customer_id": method.customer_id}
    )
    return CaptureRequest(
        operation_key=transaction.reference,
        reference=transaction.reference,
        amount=transaction.amount,
        description=f"Invoice {invoice.number}",
        client=client,
        method=StoredMethod(
            external_id=method.external_id,
            customer_id=method.customer_id,
            label=method.label,
            expires=method.expires,
        ),
    )


def request_reconcile(uow: UnitOfWork, transaction: Transaction) -> None:
    """Queue a look at the gateway for a checkout that is still pending (the webhook may never come)."""
    jobs.enqueue(
        uow,
        RECONCILE_CHECKOUT,
        f"reconcile:{transaction.reference}",
        {"transaction_id": transaction.id},
        subject=("invoice", transaction.invoice_id),
        client_id=transaction.client_id,
        provider=f"gateway:{transaction.gateway}",
    )


def _look(context: StepContext) -> Any:
    with context.work.read() as uow:
        transaction = uow.session.get_one(Transaction, context.payload["transaction_id"])
    if transaction.status != TransactionStatus.PENDING:
        return NOT_NEEDED
    gateway = context.ports.get(Gateway, transaction.gateway)
    found = gateway.find(transaction.reference, transaction.checkout_id)
    if found is None or found.status == "pending":
        raise OutcomeUnknown("the client has not finished at the gateway", unreachable=False)
    return found


def _settle_checkout(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    if result != NOT_NEEDED:
        transaction = uow.session.get_one(Transaction, context.payload["transaction_id"])
        transactions.settle(uow, transaction, PaymentResult.model_validate(result))


CAPTURE = JobKind(
    "billing.capture",
    "Charge the stored payment method",
    RECONCILE,
    [
        Settled("open", "Write down the charge", settle=_open),
        Settled("charge", "Charge the stored method", run=_charge, settle=_settle),
    ],
    priority=5,
)

RECONCILE_CHECKOUT = JobKind(
    "billing.reconcile",
    "Ask the gateway what became of a checkout",
    RECONCILE,
    [Settled("look", "Ask the gateway", run=_look, settle=_settle_checkout)],
)
