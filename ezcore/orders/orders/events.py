"""What happens to orders."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A client ordered; an invoice is issued."""

    order_id: int
    client_id: int
    total: Money


@dataclass(frozen=True)
class OrderDelivered(Event):
    """Every line of the order runs."""

    order_id: int
    client_id: int


@dataclass(frozen=True)
class OrderCancelled(Event):
    """An unpaid order is off: what it had taken is given back."""

    order_id: int
    client_id: int
