"""What happens to invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ezcore.kernel.events import Event
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class InvoiceIssued(Event):
    """An invoice got its number and is owed from now on."""

    invoice_id: int
    client_id: int
    number: str
    total: Money
    due_on: date


@dataclass(frozen=True)
class InvoiceFinalized(Event):
    """A proforma became an invoice, with a number of that series, because its first money arrived."""

    invoice_id: int
    client_id: int
    number: str
    proforma_number: str
    total: Money


@dataclass(frozen=True)
class InvoicePaid(Event):
    """The last open cent arrived; happens at most once per invoice."""

    invoice_id: int
    client_id: int
    total: Money


@dataclass(frozen=True)
class InvoiceReopened(Event):
    """A payment was taken back (a chargeback): `amount` is owed again."""

    invoice_id: int
    client_id: int
    amount: Money
    reason: str


@dataclass(frozen=True)
class InvoiceRepaid(Event):
    """An invoice that was owed again is paid again. What it pays for was delivered the first time."""

    invoice_id: int
    client_id: int
    total: Money


@dataclass(frozen=True)
class InvoiceCancelled(Event):
    """The invoice is no longer owed."""

    invoice_id: int
    client_id: int


@dataclass(frozen=True)
class InvoiceWrittenOff(Event):
    """Nobody will pay the rest any more: `amount` is a bad debt. What it would have paid for is not delivered."""

    invoice_id: int
    client_id: int
    amount: Money
    reason: str


@dataclass(frozen=True)
class ReminderDue(Event):
    """An unpaid invoice is `days` days past its due date and the client is reminded."""

    invoice_id: int
    client_id: int
    days: int
