"""What happens to credit notes."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class CreditNoteIssued(Event):
    """A part of an invoice was taken back."""

    credit_note_id: int
    invoice_id: int
    client_id: int
    number: str
    total: Money
