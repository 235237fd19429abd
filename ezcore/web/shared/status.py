"""One table of status words: the same word and the same shape everywhere."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "active": ("ok", "Active"),
    "paid": ("ok", "Paid"),
    "complete": ("ok", "Complete"),
    "succeeded": ("ok", "Received"),
    "sent": ("ok", "Sent"),
    "applied": ("ok", "Applied"),
    "running": ("info", "Running"),
    "setting_up": ("info", "Setting up"),
    "pending": ("idle", "Pending"),
    "queued": ("idle", "Queued"),
    "unpaid": ("idle", "Open"),
    "draft": ("idle", "Draft"),
    "paused": ("idle", "Paused"),
    "ignored": ("idle", "Ignored"),
    "received": ("idle", "Received"),
    "available": ("idle", "Not active"),
    "due": ("warn", "Due"),
    "retrying": ("warn", "Retrying"),
    "needs_info": ("warn", "Needs an answer"),
    "ending": ("warn", "Ends soon"),
    "parked": ("warn", "Parked"),
    "expired": ("idle", "Expired"),
    "overdue": ("bad", "Overdue"),
    "suspended": ("bad", "Suspended"),
    "failed": ("bad", "Failed"),
    "declined": ("bad", "Declined"),
    "broken": ("bad", "Broken"),
    "terminated": ("bad", "Terminated"),
    "cancelled": ("idle", "Cancelled"),
    "refunded": ("idle", "Refunded"),
    "completed": ("ok", "Completed"),
    "fraud": ("bad", "Fraud"),
}


def kind_and_word(status: str) -> tuple[str, str]:
    """Shape and word of a status; an unknown one is shown as it is, in the idle shape."""
    return WORDS.get(str(status), ("idle", str(status).replace("_", " ").capitalize()))
