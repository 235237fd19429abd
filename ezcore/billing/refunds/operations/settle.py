"""What became of a refund: sent, or failed, at once or days later."""

from __future__ import annotations

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.billing.credit import operations as credit
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.refunds.events import RefundFailed, RefundSent
from ezcore.billing.refunds.models import Refund, RefundStatus, RefundTo
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs import operations as jobs
from ezcore.work import UnitOfWork


def told(
    uow: UnitOfWork, refund: Refund, status: str, external_id: str | None = None, reason: str | None = None
) -> None:
    """Record what the gateway says of a refund. Safe to repeat, in any order: a failure is the last word.

    Emits: RefundSent, RefundFailed.
    """
    uow.session.refresh(refund, with_for_update=True)
    if refund.external_id is None and external_id is not None:
        refund.external_id = external_id
        uow.session.flush()
    if status == RefundStatus.SUCCEEDED and refund.status == RefundStatus.PENDING:
        _sent(uow, refund)
    elif status == RefundStatus.FAILED and refund.status != RefundStatus.FAILED:
        _failed(uow, refund, reason or "the gateway could not give it back")


def _sent(uow: UnitOfWork, refund: Refund) -> None:
    _move(uow, refund, RefundStatus.SUCCEEDED)
    sides = [
        ledger.Posting(ledger.REFUNDS_PENDING, refund.amount, refund.client_id),
        ledger.Posting(cash_of(uow, refund), -refund.amount),
    ]
    ledger.post(uow, f"refund:{refund.reference}:sent", "refund", uow.today(), sides, refund.reason)
    uow.emit(RefundSent(refund.id, refund.transaction_id, refund.client_id, refund.amount))


def _failed(uow: UnitOfWork, refund: Refund, reason: str) -> None:
    """The money never left, or came back: it is the client's credit, and may be refunded again."""
    was_sent = refund.status == RefundStatus.SUCCEEDED
    refund.failure = reason
    _move(uow, refund, RefundStatus.FAILED, reason)
    back = (
        ledger.Posting(cash_of(uow, refund), refund.amount)
        if was_sent
        else ledger.Posting(ledger.REFUNDS_PENDING, refund.amount, refund.client_id)
    )
    sides = [back, ledger.Posting(ledger.CLIENT_CREDIT, -refund.amount, refund.client_id)]
    ledger.post(uow, f"refund:{refund.reference}:failed", "refund_failed", uow.today(), sides, reason)
    credit.put(uow, refund.client_id, refund.amount)
    uow.session.execute(
        update(Transaction)
        .where(Transaction.id == refund.transaction_id)
        .values(refunded_minor=Transaction.refunded_minor - refund.amount_minor)
    )
    jobs.ask_staff(
        uow,
        f"refund:{refund.id}:failed",
        f"A refund of {refund.amount} failed",
        f"{refund.gateway} says: {reason}. The money is on the client's credit: send it another way, or leave it.",
        refund.client_id,
    )
    uow.emit(RefundFailed(refund.id, refund.transaction_id, refund.client_id, refund.amount, reason))


def cash_of(uow: UnitOfWork, refund: Refund) -> str:
    """Which account the money leaves: the gateway's; what staff send by hand comes from the bank."""
    if refund.to != RefundTo.MANUAL:
        return ledger.cash(refund.gateway)
    paid = uow.session.get_one(Transaction, refund.transaction_id)
    return ledger.cash(paid.gateway if paid.kind == "manual" else "bank")


def _move(uow: UnitOfWork, refund: Refund, status: RefundStatus, reason: str | None = None) -> None:
    before, refund.status = str(refund.status), status
    refund.settled_at = uow.now()
    audit.record(
        uow,
        f"refund.{status}",
        "refund",
        refund.id,
        client_id=refund.client_id,
        before={"status": before},
        after={"status": str(status), "amount": str(refund.amount)},
        reason=reason,
    )
    uow.session.flush()
