"""Says what happened: an event names an object, the object is read again from Stripe, and becomes facts."""

from __future__ import annotations

from ez_stripe import event_types
from ez_stripe.facts.hint import Hint, Reader, Reading
from ez_stripe.facts.methods import customer, mandate, method, setup
from ez_stripe.facts.money_back import dispute, refund, refunds_of_charge, warning
from ez_stripe.facts.payments import charge, payment, session
from ez_stripe.facts.payouts import payout
from ez_stripe.facts.subscriptions import bill, bill_payment, subscription

_READERS: tuple[tuple[frozenset[str], Reader], ...] = (
    (event_types.PAYMENT, payment),
    (event_types.SESSION, session),
    (event_types.CHARGE_SETTLED, charge),
    (event_types.REFUND, refund),
    (event_types.CHARGE_REFUNDED, refunds_of_charge),
    (event_types.DISPUTE, dispute),
    (event_types.WARNING, warning),
    (event_types.SETUP, setup),
    (event_types.METHOD, method),
    (event_types.CUSTOMER, customer),
    (event_types.MANDATE, mandate),
    (event_types.SUBSCRIPTION, subscription),
    (event_types.BILL, bill),
    (event_types.BILL_PAYMENT, bill_payment),
    (event_types.PAYOUT, payout),
)
READERS = {kind: reader for kinds, reader in _READERS for kind in kinds}
"""Type of event -> who reads its object."""

__all__ = ["READERS", "Hint", "Reader", "Reading"]
