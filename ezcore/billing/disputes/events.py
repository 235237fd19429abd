"""What happens to disputes."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class DisputeMoved(Event):
    """A payer's bank opened a dispute, or it went on: `status` is one of inquiry, needs_response, …, won, lost."""

    dispute_id: int
    transaction_id: int
    client_id: int
    amount: Money
    status: str
