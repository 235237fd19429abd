"""What happens while an order is delivered."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class OrderParked(Event):
    """A stage failed for good: a person goes on. `told` is what the client is told, `job_id` the work that failed."""

    order_id: int
    client_id: int
    stage: str
    job_id: int | None
    told: str
