"""How an invoice's state is said: overdue and "due in 3 days" follow from the date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ezcore.billing.invoices.models import Invoice, InvoiceStatus

SOON = 7


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice with its badge."""

    invoice: Invoice
    today: date

    @property
    def status(self) -> str:
        """Key into the table of status words."""
        if self.invoice.status == InvoiceStatus.PAID and self.invoice.written_off_minor:
            return "written_off"
        if self.invoice.status != InvoiceStatus.UNPAID:
            return str(self.invoice.status)
        if self.invoice.is_overdue(self.today):
            return "overdue"
        return "due" if self._days <= SOON else "unpaid"

    @property
    def word(self) -> str | None:
        """When it is due, for those that are due soon."""
        if self.status != "due":
            return None
        if self._days <= 0:
            return "Due today"
        return "Due tomorrow" if self._days == 1 else f"Due in {self._days} days"

    @property
    def is_open(self) -> bool:
        """Money is owed."""
        return self.invoice.status == InvoiceStatus.UNPAID

    @property
    def _days(self) -> int:
        return (self.invoice.due_on - self.today).days
