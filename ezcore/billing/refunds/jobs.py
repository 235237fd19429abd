"""The job that asks a gateway to give money back."""

from __future__ import annotations

from typing import Any, Final

from ezcore.billing.refunds.models import Refund, RefundStatus
from ezcore.billing.refunds.operations.settle import told
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.jobs import RECONCILE, JobKind
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability, RefundRequest, RefundResult
from ezcore.work import UnitOfWork

NOT_NEEDED: Final = {"skipped": "nothing to send"}


def _send(context: StepContext) -> Any:
    """The gateway looks for our key before it pays out; so asking again after a lost answer is safe."""
    with context.work.read() as uow:
        refund = uow.session.get_one(Refund, context.payload["refund_id"])
        paid = uow.session.get_one(Transaction, refund.transaction_id)
    if refund.status != RefundStatus.PENDING:
        return NOT_NEEDED
    gateway = context.ports.get(Gateway, refund.gateway)
    if GatewayCapability.REFUND not in gateway.capabilities or paid.external_id is None:
        return {"failed": f"{gateway.label} cannot give money back by itself"}
    request = RefundRequest(
        operation_key=refund.reference,
        external_id=paid.external_id,
        amount=refund.amount,
        reason=refund.reason,
    )
    try:
        return gateway.refund(request)
    except PermanentFailure as failure:
        return {"failed": failure.reason}


def _settle(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    if result == NOT_NEEDED:
        return
    refund = uow.session.get_one(Refund, context.payload["refund_id"])
    if "failed" in result:
        told(uow, refund, RefundStatus.FAILED, reason=result["failed"])
        return
    answer = RefundResult.model_validate(result)
    told(uow, refund, answer.status, answer.external_id, answer.reason)


REFUND = JobKind(
    "billing.refund",
    "Give money back",
    RECONCILE,
    [Settled("send", "Ask the gateway to give it back", run=_send, settle=_settle)],
    priority=5,
)
