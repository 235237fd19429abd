"""What happens to refunds."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class RefundSent(Event):
    """Money is on its way back to the client (to the gateway, or sent by hand)."""

    refund_id: int
    transaction_id: int
    client_id: int
    amount: Money


@dataclass(frozen=True)
class RefundFailed(Event):
    """Money could not be given back, at once or days later: it is the client's credit now."""

    refund_id: int
    transaction_id: int
    client_id: int
    amount: Money
    reason: str
