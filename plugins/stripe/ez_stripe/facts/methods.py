"""Stored methods: stored on a page, attached, renewed by the bank, chosen in the portal, gone."""

from __future__ import annotations

from collections.abc import Sequence

from ez_stripe.bills import NOT_OURS
from ez_stripe.facts.hint import Hint, Reading
from ez_stripe.reading import Doc, id_of, inner, text, text_or_none
from ez_stripe.results import REFERENCE, ours, stored_method
from ezcore.plugin_api.ports.webhook_source import Fact, MethodFact, Parked


def setup(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A method was stored without a payment."""
    found = reading.api.setup_intent(hint.object_id)
    reference = ours(found, REFERENCE)
    if reference is None:
        raise Parked(NOT_OURS)
    return _stored(inner(found, "payment_method"), reference)


def stored_by_setup(session: Doc, reference: str) -> Sequence[Fact]:
    """The method that a finished page in setup mode stored."""
    return _stored(inner(inner(session, "setup_intent"), "payment_method"), reference)


def method(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A method as it is now; one that belongs to nobody any more is gone for whom it belonged to."""
    found = reading.api.method(hint.object_id)
    owner = inner(found, "customer")
    stored = stored_method({**found, "customer": id_of(found, "customer")})
    if stored is None:
        was = text_or_none(hint.before, "customer") or id_of(hint.found, "customer")
        # Where nobody says whose it was, the method's own id still does.
        return (MethodFact(customer_id=was or "", removed_id=hint.object_id),)
    default = id_of(inner(owner, "invoice_settings"), "default_payment_method")
    return (
        MethodFact(customer_id=stored.customer_id, method=stored, is_default=default == stored.external_id),
    )


def customer(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """The method that a customer chose for what comes, or that the customer is gone."""
    found = reading.api.customer(hint.object_id)
    if found.get("deleted") is True:
        return (MethodFact(customer_id=text(found, "id"), customer_gone=True),)
    stored = stored_method(inner(inner(found, "invoice_settings"), "default_payment_method"))
    if stored is None:
        return ()
    return (MethodFact(customer_id=stored.customer_id, method=stored, is_default=True),)


def mandate(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A consent to be debited; without it the method cannot be charged, so that it is gone for us."""
    found = reading.api.mandate(hint.object_id)
    stored = stored_method(inner(found, "payment_method"))
    if stored is None or text(found, "status") != "inactive":
        return ()
    return (MethodFact(customer_id=stored.customer_id, removed_id=stored.external_id),)


def _stored(found: Doc, reference: str) -> Sequence[Fact]:
    stored = stored_method(found)
    if stored is None:
        return ()
    return (MethodFact(customer_id=stored.customer_id, method=stored, reference=reference),)
