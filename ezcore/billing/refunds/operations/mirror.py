"""A gateway tells of a refund: one of ours that went on, or one that was made over there."""

from __future__ import annotations

from sqlalchemy import or_, select

from ezcore.billing.refunds.models import Refund, RefundTo
from ezcore.billing.refunds.operations.request import write
from ezcore.billing.refunds.operations.settle import told
from ezcore.billing.transactions import queries as transactions
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.ports.webhook_source import RefundFact
from ezcore.work import UnitOfWork


def mirror(uow: UnitOfWork, source: str, fact: RefundFact) -> None:
    """Apply what was said. A refund that we did not ask for is written down with its credit note, as ours are.

    Raises: NotKnownYet when the payment is not here; Refused when the amounts differ, or the books cannot follow.
    """
    refund = _find(uow, source, fact)
    if refund is None:
        paid = transactions.received(uow, source, fact.payment_id)
        refund = write(
            uow,
            paid,
            fact.amount,
            RefundTo.GATEWAY,
            fact.reason or f"refunded at {source}",
            f"{source}:{fact.refund_id}"[:80],
            external_id=fact.refund_id,
            even_disputed=True,
        )
    if refund.amount != fact.amount:
        raise Refused(f"refund {fact.refund_id} is of {fact.amount}, ours of {refund.amount}")
    told(uow, refund, fact.status, fact.refund_id, fact.reason)


def _find(uow: UnitOfWork, source: str, fact: RefundFact) -> Refund | None:
    known = Refund.external_id == fact.refund_id
    if fact.reference:
        known = or_(known, Refund.reference == fact.reference)
    return uow.session.scalars(select(Refund).where(Refund.gateway == source, known)).first()
