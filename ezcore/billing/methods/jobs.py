"""The job that tells a gateway to forget a method."""

from __future__ import annotations

from typing import Any

from ezcore.billing.methods.models import PaymentMethod
from ezcore.jobs.engine.context import StepContext
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability, StoredMethod


def stored(method: PaymentMethod) -> StoredMethod:
    """As gateways are told of it."""
    return StoredMethod(
        external_id=method.external_id,
        customer_id=method.customer_id,
        label=method.label,
        expires=method.expires,
    )


def _delete(context: StepContext) -> Any:
    with context.work.read() as uow:
        method = uow.session.get_one(PaymentMethod, context.payload["method_id"])
    gateway = context.ports.get(Gateway, method.gateway)
    if GatewayCapability.DELETE_METHOD not in gateway.capabilities:
        return {"skipped": f"{gateway.label} keeps its methods"}
    gateway.delete_method(stored(method))
    return {"deleted": True}


DELETE_METHOD = JobKind(
    "billing.delete_method",
    "Forget a stored payment method",
    RECONCILE,
    [Step("delete", "Tell the gateway to forget it", run=_delete)],
)
