"""What happens to subscriptions."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class SubscriptionMoved(Event):
    """A gateway's agreement began, went on or ended; `status` is one of SubscriptionStatus."""

    subscription_id: int
    client_id: int
    status: str


@dataclass(frozen=True)
class GatewayBilled(Event):
    """A gateway made a bill for an agreement, or it was paid, or failed."""

    bill_id: int
    subscription_id: int
    client_id: int
    status: str
