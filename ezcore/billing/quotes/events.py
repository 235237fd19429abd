"""What happens to quotes."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class QuoteSent(Event):
    """A quote went to the client (again, when it was sent before)."""

    quote_id: int
    client_id: int
    number: str
    total: Money


@dataclass(frozen=True)
class QuoteAccepted(Event):
    """The client wants it: the quote became this invoice."""

    quote_id: int
    client_id: int
    number: str
    invoice_id: int


@dataclass(frozen=True)
class QuoteDeclined(Event):
    """The client does not want it."""

    quote_id: int
    client_id: int
    number: str


@dataclass(frozen=True)
class QuoteExpired(Event):
    """Nobody answered in time."""

    quote_id: int
    client_id: int
    number: str
