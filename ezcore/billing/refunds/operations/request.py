"""Ask for a refund: take the amount once, write the credit note, set the money aside, and queue the sending."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Allocation, Invoice, Source
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.refunds import queries
from ezcore.billing.refunds.jobs import REFUND
from ezcore.billing.refunds.models import Refund, RefundStatus, RefundTo
from ezcore.billing.refunds.operations.settle import told
from ezcore.billing.refunds.rules import Part, Taken
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def request(
    uow: UnitOfWork,
    transaction: Transaction,
    amount: Money,
    to: str,
    reason: str,
    *,
    credit_note: bool = True,
    external_id: str | None = None,
    key: str | None = None,
) -> Refund:
    """Give a part of a payment back: to the gateway it came from, to the client's credit, or by hand.

    One by hand has an `external_id`, the name of the transfer. What was paid too much goes back first; the rest takes
    back a part of the invoice by a credit note, or leaves it owed again where none is wanted. The same `key` (of a
    form) is one refund.
    Emits: CreditNoteIssued or InvoiceReopened, and RefundSent for one by hand.
    Raises: NotAllowed; InvalidInput(field="amount" | "reason" | "to" | "external_id"); Refused.
    """
    uow.actor.require("billing.manage")
    if to not in set(RefundTo):
        raise InvalidInput("say where the money goes", field="to")
    if not reason.strip():
        raise InvalidInput("say why: it is printed on the credit note", field="reason")
    if to == RefundTo.MANUAL and not (external_id or "").strip():
        raise InvalidInput("say how it was sent, such as the bank's reference", field="external_id")
    if to == RefundTo.GATEWAY and (transaction.kind == "manual" or transaction.external_id is None):
        raise InvalidInput(
            "this payment was recorded by hand: refund it by hand too, or to credit", field="to"
        )
    sent_as = external_id.strip() if external_id and to == RefundTo.MANUAL else None
    refund = write(
        uow, transaction, amount, to, reason.strip(), key, credit_note=credit_note, external_id=sent_as
    )
    if refund.status == RefundStatus.PENDING:
        if to == RefundTo.GATEWAY:
            _queue(uow, refund)
        else:
            told(uow, refund, RefundStatus.SUCCEEDED)
    return refund


def write(
    uow: UnitOfWork,
    transaction: Transaction,
    amount: Money,
    to: str,
    reason: str,
    key: str | None = None,
    *,
    credit_note: bool = True,
    external_id: str | None = None,
    even_disputed: bool = False,
) -> Refund:
    """As `request`, without asking a gateway; also mirrors a refund that was made at the gateway.

    `even_disputed`: the money has left already, whatever a bank holds.
    """
    # The payment is locked before anything is written about it: all who want money of it wait here, in one order.
    uow.session.refresh(transaction, with_for_update=True)
    _check(transaction, amount)
    reference = key or uow.ids.key("refund")
    row = {
        "reference": reference,
        "transaction_id": transaction.id,
        "client_id": transaction.client_id,
        "gateway": transaction.gateway,
        "currency": amount.currency,
        "amount_minor": amount.minor,
        "to": to,
        "status": RefundStatus.PENDING,
        "external_id": external_id,
        "noted_minor": 0,
        "parts": [],
        "reason": reason,
        "created_at": uow.now(),
    }
    if insert_once(uow.session, Refund, row) is None:
        return _same(uow, transaction, reference, amount)
    refund = uow.session.scalars(select(Refund).where(Refund.reference == reference)).one()
    parts = queries.plan(uow, transaction, amount, to, credit_note=credit_note)
    _count(uow, transaction, amount, even_disputed=even_disputed)
    _carry_out(uow, transaction, refund, parts)
    _audit(uow, transaction, refund)
    if to == RefundTo.CREDIT:
        refund.status, refund.settled_at = RefundStatus.SUCCEEDED, uow.now()
    uow.session.flush()
    return refund


def _audit(uow: UnitOfWork, transaction: Transaction, refund: Refund) -> None:
    paid = transaction.external_id or transaction.reference
    after = {"amount": str(refund.amount), "to": str(refund.to), "payment": paid}
    audit.record(
        uow,
        "refund.request",
        "refund",
        refund.id,
        client_id=refund.client_id,
        after=after,
        reason=refund.reason,
    )


def _check(transaction: Transaction, amount: Money) -> None:
    if transaction.status != TransactionStatus.SUCCEEDED:
        raise Refused("nothing was received by this payment")
    if amount.currency != transaction.currency:
        raise InvalidInput(f"this payment came in {transaction.currency}", field="amount")
    if not amount.is_positive:
        raise InvalidInput("a refund is more than nothing", field="amount")


def _same(uow: UnitOfWork, transaction: Transaction, reference: str, amount: Money) -> Refund:
    found = uow.session.scalars(select(Refund).where(Refund.reference == reference)).first()
    if found is None or (found.transaction_id, found.amount) != (transaction.id, amount):
        raise Refused("a refund with this reference was recorded before")
    return found


def _count(uow: UnitOfWork, transaction: Transaction, amount: Money, *, even_disputed: bool) -> None:
    """One conditional UPDATE decides, so twenty at once never give back more than came (I08)."""
    gone = Transaction.refunded_minor + amount.minor
    if not even_disputed:
        gone += Transaction.disputed_minor
    taken = uow.session.execute(
        update(Transaction)
        .where(
            Transaction.id == transaction.id,
            Transaction.status == TransactionStatus.SUCCEEDED,
            gone <= Transaction.received_minor,
        )
        .values(refunded_minor=Transaction.refunded_minor + amount.minor)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        left = queries.refundable(transaction)
        if left.is_zero:
            raise Refused("nothing of this payment is left to give back")
        raise InvalidInput(f"between {Money(1, left.currency)} and {left} can be given back", field="amount")


def _carry_out(uow: UnitOfWork, transaction: Transaction, refund: Refund, parts: list[Part]) -> None:
    key, to_credit = f"refund:{refund.reference}", refund.to == RefundTo.CREDIT
    from_credit = reopened = Money.zero(refund.currency)
    written: list[dict[str, Any]] = []
    for part in parts:
        invoice = uow.session.get_one(Invoice, part.invoice_id) if part.invoice_id else None
        told_of: dict[str, Any] = {"from": str(part.taken), "minor": part.amount.minor}
        if invoice is not None and part.taken == Taken.INVOICE:
            _reopen(uow, transaction, invoice, part.amount, refund.reason, key)
            reopened += part.amount
        else:
            from_credit += part.amount
        if invoice is not None:
            told_of["invoice_id"] = invoice.id
            if part.note.is_positive:
                note = credit_notes.write(uow, invoice, refund.reason, part.note)
                told_of["credit_note_id"] = note.id
                refund.credit_note_id = refund.credit_note_id or note.id
        written.append(told_of)
    refund.parts = written
    refund.noted_minor = sum(one["minor"] for one in written if one["from"] == Taken.NOTE)
    if to_credit:
        credit.put(uow, refund.client_id, reopened)
        _post(uow, refund, key, [(ledger.RECEIVABLE, reopened), (ledger.CLIENT_CREDIT, -reopened)])
        return
    if from_credit.is_positive and not credit.take(uow, refund.client_id, from_credit):
        raise Refused(f"{from_credit} of it is the client's credit, and that was spent meanwhile")
    _post(
        uow,
        refund,
        key,
        [
            (ledger.CLIENT_CREDIT, from_credit),
            (ledger.RECEIVABLE, reopened),
            (ledger.REFUNDS_PENDING, -refund.amount),
        ],
    )


def _post(uow: UnitOfWork, refund: Refund, key: str, sides: list[tuple[str, Money]]) -> None:
    postings = [ledger.Posting(account, amount, refund.client_id) for account, amount in sides]
    if any(not side.amount.is_zero for side in postings):
        ledger.post(uow, key, "refund_request", uow.today(), postings, refund.reason)


def _reopen(
    uow: UnitOfWork, transaction: Transaction, invoice: Invoice, amount: Money, reason: str, key: str
) -> None:
    """Take applied money back from the invoice, from as many allocations as hold it."""
    for allocation, held in applied(uow, transaction.id, invoice.id):
        part = min(amount, held)
        if part.is_positive:
            invoices.unapply(uow, allocation, part, reason, key)
            amount -= part


def applied(uow: UnitOfWork, transaction_id: int, invoice_id: int) -> list[tuple[Allocation, Money]]:
    """The allocations of a payment to an invoice, each with what it still holds."""
    query = select(Allocation).where(
        Allocation.transaction_id == transaction_id,
        Allocation.invoice_id == invoice_id,
        Allocation.source == Source.PAYMENT,
    )
    rows = uow.session.scalars(query.order_by(Allocation.id)).all()
    back: dict[int | None, int] = {}
    for row in rows:
        back[row.reverses_id] = back.get(row.reverses_id, 0) + row.amount_minor
    return [
        (row, Money(row.amount_minor + back.get(row.id, 0), row.currency))
        for row in rows
        if row.reverses_id is None
    ]


def _queue(uow: UnitOfWork, refund: Refund) -> None:
    jobs.enqueue(
        uow,
        REFUND,
        f"refund:{refund.reference}",
        {"refund_id": refund.id},
        subject=("refund", refund.id),
        client_id=refund.client_id,
        provider=f"gateway:{refund.gateway}",
    )
