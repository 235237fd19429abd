"""Words made from names of the code: a kind `email_changed` is shown as "Email changed".

They stand here only so that `make messages` finds them; pages print `say(name.replace("_", " ").capitalize())`.
"""

from __future__ import annotations

from typing import Final


def _said(*, words: str) -> str:
    """A word without a capital letter, which the extractor knows by its argument."""
    return words


MAILS: Final = (
    "Already registered", "Cancellation confirmed", "Certificate expires", "Client invitation",
    "Data export", "Domain changed", "Domain expires", "Email change", "Email changed", "Erasure done",
    "Erasure refused", "Invoice issued", "Method expires", "Password changed", "Payment confirm",
    "Payment due soon", "Payment failed", "Payment received", "Payment reminder", "Quote sent",
    "Refund failed", "Refund sent", "Reset password", "Second factor off", "Second factor on",
    "Second factor reset", "Service active", "Service changed", "Service suspended", "Service terminated",
    "Service unsuspended", "Staff invitation", "Suspicious logins", "Ticket answered", "Ticket copy",
    "Ticket guest", "Ticket mail refused", "Ticket new", "Ticket opened", "Ticket received",
    "Ticket replied", "Ticket waits", "Verify email",
)  # fmt: skip
OBJECTS: Final = (
    "Announcement", "Api key", "Article", "Article category", "Bank line", "Bank statement",
    "Billable item", "Certificate", "Client", "Client contact", "Client invitation", "Credit note",
    "Data export", "Department", "Dispute", "Dns template", "Dns zone", "Domain name", "Download",
    "Drift finding", "Erasure request", "Incident", "Installation", "Invoice", "Job", "Mail", "Mail text",
    "Mailing", "Notice rule", "Order", "Page version", "Payment method", "Payout", "Plugin", "Product",
    "Product group", "Promotion", "Provider", "Quote", "Refund", "Run preview", "Server", "Server group",
    "Service", "Setting", "Staff invitation", "Staff role", "Status component", "Subscription",
    "Support block rule", "Support mailbox", "Support received mail", "Support reply", "Task", "Tax rule",
    "Ticket", "Tld", "Transaction", "User", "Webhook event", "Work request",
)  # fmt: skip
BOOKS: Final = (
    "Receivable", "Client credit", "Revenue", "Late fees", "Funds pending", "Tax payable", "Bad debt",
    "Gateway fees", "Refunds pending", "Disputes", "Adjustments", "Exchange", "Cash at ${gateway}",
    "Invoice", "Payment", "Write off", "Refund", "Refund failed", "Dispute", "Credit applied", "Adjustment",
    "Payout", "Credit note", "Fee",
)  # fmt: skip
CHOICES: Final = (
    "Percentage off", "Amount off", "Price instead", "No setup fee", "Notice", "Degraded", "Outage",
    "Maintenance", "Incident", "Investigating", "Identified", "Monitoring", "Resolved", "Everybody",
    "Clients", "Owners", "One of several", "Yes or no", "Quantity", "Customer reply", "Answered",
    "In progress", "Closed", "Hosting", "Other", "Vps", "Website", "Certificate", "Domain", "Support",
)  # fmt: skip
OTHERS: Final = (
    "Apply credit automatically", "Attachment files", "Attachment mb", "Attachment types",
    "Charge days before", "Components", "Consolidate", "Debit note format", "Documents at issue",
    "Escalate after hours", "Events that wait to be told", "Funds maximum", "Funds minimum", "Gap hours", "Helpdesk",
    "Gateway bills", "Guard factor", "Guard floor", "Guard lines", "It has not run yet",
    "Jobs that are due", "Jobs that need somebody", "Late fee fixed", "Late fee percent", "Late fee times",
    "Lead days by cycle", "Mails that failed in the last day",
    "Makes, changes, closes clients; writes notes about them",
    "Writes and publishes news, answers, files and pages; says how the network is",
    "Renew what is paid; grace, redemption, restores", "None is given up or paused",
    "Notices before termination", "Number format", "Numbers restart yearly", "Parked webhooks",
    "Proforma format", "Reminder days before", "Room for files", "Seal of the audit log", "Site url",
    "Terminate daily cap", "They were not checked yet; the link runs the check", "Time zone", "Up to date",
    "Work by people", "Password only", "Not yet", "The theme's", "Scheduler", "Workers", "Database",
    "Bank", "Bic", "Iban", "Email", "Line1", "Line2", "Region", "None yet", "Billing day",
    "Languages", "Windows", "Transport", "Times", "Requires", "Account holder", "Currencies",
)  # fmt: skip
SMALL: Final = (
    _said(words="client"), _said(words="data export"), _said(words="dns zone"), _said(words="domain name"),
    _said(words="invoice"), _said(words="mail"), _said(words="mailbox"), _said(words="mailing"),
    _said(words="notice rule"), _said(words="payment method"), _said(words="refund"),
    _said(words="service"), _said(words="subscription"), _said(words="webhook event"),
    _said(words="ticket"), _said(words="certificate"), _said(words="transaction"), _said(words="manual"),
    _said(words="charge"), _said(words="checkout"), _said(words="credit"), _said(words="recorded"),
    _said(words="stored"), _said(words="gateway"), _said(words="nothing"), _said(words="overdue invoice"),
    _said(words="active"), _said(words="suspended"), _said(words="missing"), _said(words="on"), _said(words="off"),
    _said(words="day"), _said(words="week"), _said(words="month"), _said(words="year"),
    _said(words="has expired. It can still be renewed at the usual price for a short while."),
    _said(words="is in redemption: the registry deletes it soon, and bringing it back costs a fee."),
    _said(words="has been given up and can be registered by anybody."),
    _said(words="was moved to another registrar."),
    _said(words="outcome unknown: ${cause}"), _said(words="gave up after ${tries} tries: ${cause}"),
    _said(words="the answer was lost"), _said(words="still running at the vendor"), _said(words="asked to wait"),
    _said(words="taking back “${step}”: ${cause}"),
    _said(words="${step}: not finished within ${deadline}: ${cause}"),
    _said(words="not finished within ${deadline}: ${cause}"),
    _said(words="${reason}. Left behind at the vendor: ${left}"),
)  # fmt: skip
