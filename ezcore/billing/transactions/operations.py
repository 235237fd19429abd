"""Open a transaction, settle what the gateway answered: safe to repeat, in any order, from any messenger."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ezcore.audit import operations as audit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions.events import PaymentDeclined, PaymentReceived
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from ezcore.work import UnitOfWork


class TransactionAlreadySettled(Refused):
    """A different payment was recorded for this transaction before."""


def open_transaction(uow: UnitOfWork, invoice: Invoice, gateway: str, kind: str) -> Transaction:
    """Write down that we are about to ask for the open balance, before anybody is asked.

    Raises: Refused when the invoice is not unpaid.
    """
    if invoice.status != InvoiceStatus.UNPAID:
        raise Refused(f"invoice {invoice.number} is {invoice.status}")
    due = invoice.balance_due
    transaction = Transaction(
        reference=uow.ids.key("pay"),
        client_id=invoice.client_id,
        invoice_id=invoice.id,
        gateway=gateway,
        kind=kind,
        currency=due.currency,
        amount_minor=due.minor,
        created_at=uow.now(),
        status=TransactionStatus.PENDING,
        received_minor=0,
        fee_minor=0,
    )
    uow.session.add(transaction)
    uow.session.flush()
    return transaction


def open_checkout(uow: UnitOfWork, invoice: Invoice, gateway: str) -> Transaction:
    """The checkout of this invoice at this gateway that is still open for the same amount, or a new one.

    Raises: Refused when the invoice is not unpaid, or a charge of the stored method is on its way.
    """
    uow.session.refresh(invoice, with_for_update=True)
    pending = uow.session.scalars(
        select(Transaction).where(
            Transaction.invoice_id == invoice.id, Transaction.status == TransactionStatus.PENDING
        )
    ).all()
    if any(one.kind == "capture" for one in pending):
        raise Refused("your stored payment method is being charged for this invoice right now")
    for one in pending:
        if (one.gateway, one.kind, one.amount) == (gateway, "checkout", invoice.balance_due):
            return one
    return open_transaction(uow, invoice, gateway, "checkout")


def settle(uow: UnitOfWork, transaction: Transaction, result: PaymentResult) -> None:
    """Record what the gateway answered. Safe to repeat.

    Emits: PaymentReceived (and InvoicePaid when this settles the balance), PaymentDeclined.
    Raises: TransactionAlreadySettled if a different result was recorded before; Refused for another currency.
    """
    uow.session.refresh(transaction, with_for_update=True)
    if result.customer_id:
        methods.remember_customer(uow, transaction.client_id, transaction.gateway, result.customer_id)
    if result.method is not None:
        methods.remember_method(uow, transaction.client_id, transaction.gateway, result.method)
    if result.status == "succeeded":
        _succeed(uow, transaction, result)
    elif result.status in ("declined", "requires_action", "expired"):
        _fail(uow, transaction, result)


def by_reference(uow: UnitOfWork, reference: str) -> Transaction | None:
    """The transaction that carries our reference."""
    return uow.session.scalars(select(Transaction).where(Transaction.reference == reference)).first()


def record_manual(
    uow: UnitOfWork, invoice: Invoice, gateway: str, amount: Money, external_id: str
) -> Transaction:
    """Staff saw the money on the bank statement. `external_id` is unique per gateway: entered once.

    Raises: NotAllowed; Refused when that payment was recorded before or the amount is not positive.
    """
    uow.actor.require("billing.manage")
    # Before the transaction is written: two clerks wait for each other here, not in a knot of locks later.
    uow.session.refresh(invoice, with_for_update=True)
    seen = select(Transaction.id).where(
        Transaction.gateway == gateway, Transaction.external_id == external_id
    )
    if uow.session.scalar(seen) is not None:
        raise Refused(f"{gateway} payment {external_id} was recorded before")
    transaction = open_transaction(uow, invoice, gateway, "manual")
    settle(uow, transaction, PaymentResult(status="succeeded", external_id=external_id, amount=amount))
    return transaction


def _succeed(uow: UnitOfWork, transaction: Transaction, result: PaymentResult) -> None:
    if transaction.status == TransactionStatus.SUCCEEDED:
        if transaction.external_id != result.external_id:
            raise TransactionAlreadySettled(f"{transaction.reference} was paid by {transaction.external_id}")
        return
    amount = result.amount or transaction.amount
    if amount.currency != transaction.currency:
        raise Refused(f"paid in {amount.currency}, asked for {transaction.currency}")
    if not amount.is_positive:
        raise Refused("a payment is more than nothing")
    before = transaction.status
    # A fee in another (settlement) currency belongs to the payout's journal, not to this one.
    same = result.fee is not None and result.fee.currency == amount.currency
    fee = result.fee if result.fee is not None and same else Money.zero(amount.currency)
    _mark_succeeded(uow, transaction, result.external_id, amount, fee)
    uow.session.refresh(transaction)
    _take_money(uow, transaction, amount, fee)
    _audit(uow, transaction, "transaction.succeed", before)
    uow.emit(PaymentReceived(transaction.id, transaction.invoice_id, transaction.client_id, amount))


def _mark_succeeded(
    uow: UnitOfWork, transaction: Transaction, external_id: str | None, amount: Money, fee: Money
) -> None:
    """One conditional UPDATE; the unique external id decides when two transactions claim the same payment."""
    mark = (
        update(Transaction)
        .where(Transaction.id == transaction.id, Transaction.status == transaction.status)
        .values(
            status=TransactionStatus.SUCCEEDED,
            external_id=external_id,
            received_minor=amount.minor,
            fee_minor=fee.minor,
            settled_at=uow.now(),
            reason=None,
        )
    )
    try:
        with uow.session.begin_nested():
            taken = uow.session.execute(mark)
    except IntegrityError as error:
        raise TransactionAlreadySettled(
            f"{transaction.gateway} payment {external_id} settled another transaction before"
        ) from error
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise TransactionAlreadySettled(transaction.reference)


def _take_money(uow: UnitOfWork, transaction: Transaction, amount: Money, fee: Money) -> None:
    invoice = uow.session.get_one(Invoice, transaction.invoice_id)
    excess = invoices.apply(uow, invoice, amount)
    client = transaction.client_id
    ledger.post(
        uow,
        f"payment:{transaction.reference}",
        "payment",
        uow.today(),
        [
            ledger.Posting(ledger.cash(transaction.gateway), amount - fee),
            ledger.Posting(ledger.GATEWAY_FEES, fee),
            ledger.Posting(ledger.RECEIVABLE, -(amount - excess), client),
            ledger.Posting(ledger.CLIENT_CREDIT, -excess, client),
        ],
    )


def _fail(uow: UnitOfWork, transaction: Transaction, result: PaymentResult) -> None:
    if transaction.status != TransactionStatus.PENDING:
        return
    status = TransactionStatus.EXPIRED if result.status == "expired" else TransactionStatus.DECLINED
    transaction.status, transaction.settled_at = status, uow.now()
    transaction.reason = result.reason or result.status.replace("_", " ")
    _audit(uow, transaction, f"transaction.{status}", TransactionStatus.PENDING)
    if status == TransactionStatus.DECLINED and transaction.kind == "capture":
        uow.emit(
            PaymentDeclined(
                transaction.id,
                transaction.invoice_id,
                transaction.client_id,
                transaction.amount,
                transaction.reason,
            )
        )


def _audit(uow: UnitOfWork, transaction: Transaction, verb: str, before: str) -> None:
    audit.record(
        uow,
        verb,
        "transaction",
        transaction.id,
        client_id=transaction.client_id,
        before={"status": str(before)},
        after={"status": str(transaction.status)},
        reason=transaction.reason,
    )
