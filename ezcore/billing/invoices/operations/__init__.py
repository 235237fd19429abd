"""Verbs of invoices: write a draft, issue, apply money, take it back, give it up, cancel."""

from ezcore.billing.invoices.operations.cancel import cancel
from ezcore.billing.invoices.operations.draft import discard, duplicate, issue_draft, save_draft
from ezcore.billing.invoices.operations.issue import finalize, issue
from ezcore.billing.invoices.operations.pay_link import invoice_of_token, pay_address, pay_token
from ezcore.billing.invoices.operations.settle import apply, close, unapply, void
from ezcore.billing.invoices.operations.write_off import write_off

__all__ = [
    "apply", "cancel", "close", "discard", "duplicate", "finalize", "invoice_of_token", "issue", "issue_draft",
    "pay_address", "pay_token", "save_draft", "unapply",
    "void", "write_off",
]  # fmt: skip
