"""The job that asks a gateway to stop billing."""

from __future__ import annotations

from typing import Any, Final

from ezcore.billing.subscriptions.models import Subscription, SubscriptionStatus
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import StepContext
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.work import UnitOfWork

NOT_NEEDED: Final = {"skipped": "it ended, or never began"}


def request_end(uow: UnitOfWork, subscription: Subscription, *, at_period_end: bool) -> None:
    """Queue the wish, once per agreement and manner; the gateway's word about it moves the row."""
    how = "later" if at_period_end else "now"
    jobs.enqueue(
        uow,
        END_SUBSCRIPTION,
        f"subscription:{subscription.id}:end:{how}",
        {"subscription_id": subscription.id, "at_period_end": at_period_end},
        subject=("subscription", subscription.id),
        client_id=subscription.client_id,
        provider=f"gateway:{subscription.gateway}",
    )


def _end(context: StepContext) -> Any:
    with context.work.read() as uow:
        row = uow.session.get_one(Subscription, context.payload["subscription_id"])
    if row.status == SubscriptionStatus.ENDED or row.external_id is None:
        return NOT_NEEDED
    context.ports.get(Gateway, row.gateway).cancel_subscription(
        row.external_id, at_period_end=context.payload["at_period_end"], operation_key=context.operation_key
    )
    return {"asked": True}


END_SUBSCRIPTION: Final = JobKind(
    "billing.end_subscription",
    "Ask the gateway to stop billing",
    RECONCILE,
    [Step("end", "Ask the gateway", run=_end)],
)
