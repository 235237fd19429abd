"""Open a transaction, settle what the gateway answered: safe to repeat, in any order, from any messenger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from ezcore.audit import operations as audit
from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions.events import PaymentDeclined, PaymentNeedsPayer, PaymentReceived
from ezcore.billing.transactions.models import Transaction, TransactionStatus, TransactionTarget
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from ezcore.work import UnitOfWork

# What the pages show of a charge that the bank wants confirmed.
NEEDS_PAYER = "the bank asks for your confirmation: please pay this invoice on its page"


class TransactionAlreadySettled(Refused):
    """A different payment was recorded for this transaction before."""


def open_transaction(
    uow: UnitOfWork,
    invoice: Invoice,
    gateway: str,
    kind: str,
    *,
    amount: Money | None = None,
    targets: Sequence[Invoice] = (),
) -> Transaction:
    """Write down that we are about to ask for money, before anybody is asked.

    For the open balance of the invoice; for a part of it when `amount` is given; for the open balances of several
    invoices together when `targets` are (of one client and currency, `invoice` among them).
    Raises: Refused when an invoice is not unpaid; InvalidInput(field="amount").
    """
    together = in_due_order(targets or (invoice,))
    _refuse_mixed(together)
    due = Money.total((one.balance_due for one in together), invoice.currency)
    asked = due if amount is None else amount
    if not asked.is_positive or asked > due:
        raise InvalidInput(f"between {Money(1, due.currency)} and {due}", field="amount")
    transaction = Transaction(
        reference=uow.ids.key("pay"),
        client_id=invoice.client_id,
        invoice_id=together[0].id,
        gateway=gateway,
        kind=kind,
        currency=asked.currency,
        amount_minor=asked.minor,
        created_at=uow.now(),
        status=TransactionStatus.PENDING,
        received_minor=0,
        fee_minor=0,
    )
    uow.session.add(transaction)
    uow.session.flush()
    if len(together) > 1:
        for one in together:
            uow.session.add(
                TransactionTarget(
                    transaction_id=transaction.id, invoice_id=one.id, amount_minor=one.balance_due.minor
                )
            )
        uow.session.flush()
    return transaction


def open_checkout(
    uow: UnitOfWork,
    invoice: Invoice,
    gateway: str,
    *,
    amount: Money | None = None,
    targets: Sequence[Invoice] = (),
) -> Transaction:
    """The checkout of the same invoices at this gateway that is still open for the same amount, or a new one.

    Raises: Refused when an invoice is not unpaid, or a charge of the stored method is on its way;
    InvalidInput(field="amount").
    """
    together = in_due_order(targets or (invoice,))
    for one in sorted(together, key=lambda found: found.id):  # one order of locks for everybody
        uow.session.refresh(one, with_for_update=True)
    _refuse_mixed(together)
    wanted = {one.id for one in together}
    asked = amount or Money.total((one.balance_due for one in together), invoice.currency)
    for pending in open_tries(uow, wanted):
        if pending.kind == "capture":
            raise Refused("your stored payment method is being charged for this invoice right now")
        same = (pending.gateway, pending.kind, pending.amount) == (gateway, "checkout", asked)
        if same and {one.id for one in invoices_of(uow, pending)} == wanted:
            return pending
    return open_transaction(uow, together[0], gateway, "checkout", amount=amount, targets=together)


def open_tries(uow: UnitOfWork, invoice_ids: Collection[int]) -> Sequence[Transaction]:
    """Transactions that are not decided yet and ask for one of these invoices, alone or among others."""
    among = select(TransactionTarget.transaction_id).where(TransactionTarget.invoice_id.in_(invoice_ids))
    query = select(Transaction).where(
        Transaction.status == TransactionStatus.PENDING,
        or_(Transaction.invoice_id.in_(invoice_ids), Transaction.id.in_(among)),
    )
    return uow.session.scalars(query.order_by(Transaction.id)).all()


def invoices_of(uow: UnitOfWork, transaction: Transaction) -> list[Invoice]:
    """What a transaction pays, in the order in which its money is used: the earliest due first."""
    among = select(TransactionTarget.invoice_id).where(TransactionTarget.transaction_id == transaction.id)
    query = select(Invoice).where(or_(Invoice.id == transaction.invoice_id, Invoice.id.in_(among)))
    return in_due_order(uow.session.scalars(query).all())


def _refuse_mixed(together: Sequence[Invoice]) -> None:
    for one in together:
        if one.status != InvoiceStatus.UNPAID:
            raise Refused(f"invoice {one.number} is {one.status}")
        if (one.client_id, one.currency) != (together[0].client_id, together[0].currency):
            raise Refused("invoices that are paid together are of one client and one currency")


def in_due_order(found: Iterable[Invoice]) -> list[Invoice]:
    """The earliest due first."""
    return sorted(found, key=lambda one: (one.due_on, one.id))


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

    More than is open becomes the client's credit. Two clerks at once record it once: the second is told.
    Raises: NotAllowed; InvalidInput(field="amount" | "external_id"); Refused when that payment was recorded before, or
    the invoice is not unpaid.
    """
    uow.actor.require("billing.manage")
    if amount.currency != invoice.currency:
        raise InvalidInput(f"invoice {invoice.number} is in {invoice.currency}", field="amount")
    if not amount.is_positive:
        raise InvalidInput("a payment is more than nothing", field="amount")
    if not external_id.strip():
        raise InvalidInput("write the bank's reference: by it a payment is entered once", field="external_id")
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
    client, key = transaction.client_id, f"payment:{transaction.reference}"
    excess = amount
    for invoice in invoices_of(uow, transaction):
        if excess.is_positive:
            invoices.finalize(uow, invoice)
            excess = invoices.apply(uow, invoice, excess, journal_key=key, transaction_id=transaction.id)
    credit.put(uow, client, excess)
    ledger.post(
        uow,
        key,
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
    needs_payer = result.status == "requires_action"
    told = NEEDS_PAYER if needs_payer else result.reason or result.status.replace("_", " ")
    transaction.reason = told
    _audit(uow, transaction, f"transaction.{status}", TransactionStatus.PENDING)
    if needs_payer and transaction.kind == "capture":
        # Counts as one try; the client confirms on the invoice's page, with the bank's page in between.
        uow.emit(
            PaymentNeedsPayer(
                transaction.id, transaction.invoice_id, transaction.client_id, transaction.amount
            )
        )
    elif status == TransactionStatus.DECLINED and transaction.kind == "capture":
        uow.emit(
            PaymentDeclined(
                transaction.id,
                transaction.invoice_id,
                transaction.client_id,
                transaction.amount,
                told,
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
