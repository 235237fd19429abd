"""The shop's bank account: transfers on their way, and those that nobody could place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ezcore.kernel.money import Money


@dataclass(frozen=True)
class Transfer:
    """Money that a client sent; `told` is the invoice number they wrote on it."""

    number: int
    arrives: datetime
    invoice_id: int
    told: str
    amount: Money

    @property
    def reference(self) -> str:
        """The bank's own number of this line of the statement."""
        return f"EE{self.arrives:%y%m%d}{self.number:06d}"


@dataclass
class Bank:
    """Transfers by state."""

    under_way: list[Transfer] = field(default_factory=list)
    unplaced: list[Transfer] = field(default_factory=list)
    placed: int = 0
    _sent: int = 0

    def send(self, arrives: datetime, invoice_id: int, told: str, amount: Money) -> None:
        """A client sends money."""
        self._sent += 1
        self.under_way.append(Transfer(self._sent, arrives, invoice_id, told, amount))

    def statement(self, now: datetime) -> list[Transfer]:
        """What has arrived and was not booked yet."""
        return [transfer for transfer in self.under_way if transfer.arrives <= now]

    def book(self, transfer: Transfer, *, placed: bool) -> None:
        """Staff dealt with a line of the statement."""
        self.under_way.remove(transfer)
        if placed:
            self.placed += 1
        else:
            self.unplaced.append(transfer)
