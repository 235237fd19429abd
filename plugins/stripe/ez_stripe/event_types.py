"""What this plugin makes of each type of event. A type that stands nowhere here is parked."""

from __future__ import annotations


def _under(start: str, *ends: str) -> frozenset[str]:
    return frozenset(f"{start}.{end}" for end in ends)


PAYMENT = _under(
    "payment_intent",
    "succeeded",
    "payment_failed",
    "processing",
    "requires_action",
    "canceled",
    "amount_capturable_updated",
)
SESSION = _under(
    "checkout.session", "completed", "async_payment_succeeded", "async_payment_failed", "expired"
)
REFUND = _under("refund", "created", "updated", "failed") | {"charge.refund.updated"}
CHARGE_REFUNDED = frozenset({"charge.refunded"})
CHARGE_SETTLED = frozenset({"charge.updated"})
"""Stripe's fee is often known only some moments after the payment: then the charge is updated."""
DISPUTE = _under("charge.dispute", "created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
WARNING = _under("radar.early_fraud_warning", "created", "updated")
SETUP = frozenset({"setup_intent.succeeded"})
METHOD = _under("payment_method", "attached", "detached", "updated", "automatically_updated")
CUSTOMER = _under("customer", "updated", "deleted")
MANDATE = frozenset({"mandate.updated"})
SUBSCRIPTION = _under(
    "customer.subscription",
    "created",
    "updated",
    "deleted",
    "paused",
    "resumed",
    "trial_will_end",
    "pending_update_applied",
    "pending_update_expired",
)
BILL = _under(
    "invoice",
    "created",
    "updated",
    "finalized",
    "finalization_failed",
    "paid",
    "payment_succeeded",
    "payment_failed",
    "payment_action_required",
    "payment_attempt_required",
    "overdue",
    "overpaid",
    "voided",
    "marked_uncollectible",
)
BILL_PAYMENT = frozenset({"invoice_payment.paid"})
PAYOUT = _under("payout", "created", "updated", "paid", "failed", "canceled", "reconciliation_completed")

UNDERSTOOD = frozenset().union(
    *(PAYMENT, SESSION, REFUND, CHARGE_REFUNDED, CHARGE_SETTLED, DISPUTE, WARNING, SETUP, METHOD, CUSTOMER),
    *(MANDATE, SUBSCRIPTION, BILL, BILL_PAYMENT, PAYOUT),
)
"""Every type that may tell something; these are what the webhook endpoint is to send."""
NOTHING_TO_DO = (
    "balance.",
    "billing_portal.",
    "charge.",
    "customer.",
    "invoice.",
    "invoice_payment.",
    "invoiceitem.",
    "mandate.",
    "payment_intent.",
    "payment_method.",
    "payout.",
    "plan.",
    "price.",
    "product.",
    "setup_intent.",
)
"""Beginnings of types that tell us nothing we do not hear otherwise."""
