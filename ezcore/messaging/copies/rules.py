"""Which mails a contact may get a copy of. What is in no list, such as a link to a login, goes to nobody else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

INVOICES: Final = frozenset({
    "invoice_issued", "payment_received", "payment_failed", "payment_confirm", "payment_due_soon", "payment_reminder",
    "refund_sent", "refund_failed", "method_expires", "quote_sent",
})  # fmt: skip
TECHNICAL: Final = frozenset({
    "service_active", "service_suspended", "service_changed", "service_unsuspended", "service_terminated",
    "cancellation_confirmed", "domain_expires", "domain_changed", "certificate_expires",
})  # fmt: skip
TICKETS: Final = frozenset({"ticket_received", "ticket_opened", "ticket_answered"})
KINDS: Final = {"invoices": INVOICES, "technical": TECHNICAL, "all": INVOICES | TECHNICAL | TICKETS}
WORDS: Final = {
    "invoices": "Invoices, payments and reminders",
    "technical": "Services, domain names and certificates",
    "all": "All of these, and tickets",
}
COPIED: Final = KINDS["all"]
MOST: Final = 20
"""Contacts of one client: a shop's mail is not to be a way to write to strangers."""


def wants(kinds: Collection[str], template: str) -> bool:
    """Does a contact with these kinds get a copy of this mail?"""
    return any(template in KINDS.get(kind, frozenset()) for kind in kinds)
