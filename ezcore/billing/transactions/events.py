"""What happens to payments."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class PaymentReceived(Event):
    """Money came in for an invoice."""

    transaction_id: int
    invoice_id: int
    client_id: int
    amount: Money


@dataclass(frozen=True)
class PaymentDeclined(Event):
    """A charge of a stored method was declined."""

    transaction_id: int
    invoice_id: int
    client_id: int
    amount: Money
    reason: str


@dataclass(frozen=True)
class PaymentNeedsPayer(Event):
    """The bank wants the payer to confirm a charge themselves (3-D Secure): nothing was taken, the method is good."""

    transaction_id: int
    invoice_id: int
    client_id: int
    amount: Money
