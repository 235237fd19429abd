"""What happens to stored methods."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class CustomerKnown(Event):
    """A gateway has a name for a client from now on."""

    client_id: int
    gateway: str
    customer_id: str


@dataclass(frozen=True)
class MethodExpires(Event):
    """A stored method expires in so many days, and nothing newer is chosen."""

    method_id: int
    client_id: int
    days: int
