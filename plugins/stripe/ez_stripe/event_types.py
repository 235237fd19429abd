"""What this plugin makes of each type of event. A type that stands nowhere here is parked."""

from __future__ import annotations

PAYMENT = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.canceled",
    }
)
SESSION = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
REFUND = frozenset({"refund.created", "refund.updated", "refund.failed"})
PERSON = {
    "charge.dispute.": "a dispute: somebody has to answer it in Stripe's Dashboard",
    "radar.early_fraud_warning.": "the payer's bank suspects fraud: somebody has to decide about a refund",
    "payout.failed": "a payout to our bank failed: somebody has to look at the bank account at Stripe",
    "invoice.": "we bill, not Stripe: this invoice was made elsewhere",
    "invoice_payment.": "we bill, not Stripe: this invoice was made elsewhere",
    "customer.subscription.": "we bill, not Stripe: this subscription was made elsewhere",
}
"""Beginnings of types that a person must look at, and why."""
NOTHING_TO_DO = (
    "balance.",
    "charge.",
    "customer.",
    "mandate.",
    "payment_intent.",
    "payment_method.",
    "payout.",
    "setup_intent.",
)
"""Beginnings of types that tell us nothing we do not hear otherwise."""


def person_reason(kind: str) -> str | None:
    """Why a person must look at it, if one must."""
    return next((reason for start, reason in PERSON.items() if kind.startswith(start)), None)
