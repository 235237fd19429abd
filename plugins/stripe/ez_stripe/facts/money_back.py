"""Money that goes back: refunds, disputes, and the banks' early warnings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from ez_stripe.bills import NOT_OURS, is_ours
from ez_stripe.currencies import from_stripe
from ez_stripe.facts.hint import Hint, Reading
from ez_stripe.reading import Doc, id_of, inner, number, text, text_or_none
from ez_stripe.results import OPERATION, money, ours, refund_status
from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.webhook_source import DisputeFact, Fact, NoticeFact, Parked, RefundFact

DisputeStatus = Literal["inquiry", "needs_response", "under_review", "won", "lost"]
_STATUSES: dict[str, DisputeStatus] = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "won",
    "needs_response": "needs_response",
    "appeal_needs_response": "needs_response",
    "under_review": "under_review",
    "appeal_under_review": "under_review",
    "won": "won",
    "lost": "lost",
}


def refund(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A refund, made by us or in Stripe's Dashboard."""
    found = reading.api.refund(hint.object_id)
    _must_be_ours(reading, found)
    return (_refund(found),)


def refunds_of_charge(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A charge was refunded: every refund of it, oldest first."""
    found = reading.api.refunds_of(charge=hint.object_id)
    if found:
        _must_be_ours(reading, found[0])
    return tuple(_refund(one) for one in reversed(found))


def dispute(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A dispute as it stands, with what it has cost so far."""
    found = reading.api.dispute(hint.object_id)
    payment_id = _must_be_ours(reading, found)
    withdrawn, fee = _taken(found)
    return (
        DisputeFact(
            payment_id=payment_id,
            dispute_id=text(found, "id"),
            status=_dispute_status(text(found, "status"), withdrawn),
            amount=money(found, "amount"),
            withdrawn=withdrawn,
            fee=fee,
            reason=text_or_none(found, "reason") or "",
            answer_by=_due(found),
        ),
    )


def warning(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A bank's early warning; nothing once the payment was refunded or disputed."""
    found = reading.api.warning(hint.object_id)
    payment_id = _must_be_ours(reading, found)
    if found.get("actionable") is not True:
        return ()
    kind = (text_or_none(found, "fraud_type") or "no reason given").replace("_", " ")
    return (
        NoticeFact(
            payment_id=payment_id,
            title="The payer's bank suspects fraud",
            cause=f"Stripe's early fraud warning {text(found, 'id')}: {kind}. "
            "A refund now usually avoids a dispute and its fee.",
        ),
    )


def _must_be_ours(reading: Reading, found: Doc) -> str:
    """The id of the payment, if we asked for it. Raises: Parked."""
    payment_id = id_of(found, "payment_intent")
    if payment_id is None:
        raise Parked(f"a {text(found, 'object')} without a payment of ours")
    intent = inner(found, "payment_intent") or reading.api.intent(payment_id)
    if not is_ours(reading.api, intent):
        raise Parked(NOT_OURS)
    return payment_id


def _refund(found: Doc) -> RefundFact:
    payment_id = id_of(found, "payment_intent")
    assert payment_id is not None, "asked before"
    return RefundFact(
        payment_id=payment_id,
        refund_id=text(found, "id"),
        status=refund_status(found),
        amount=money(found, "amount"),
        reference=ours(found, OPERATION),
        reason=text_or_none(found, "failure_reason") or text_or_none(found, "pending_reason"),
    )


def _dispute_status(status: str, withdrawn: Money) -> DisputeStatus:
    if status == "prevented":
        # Settled between the networks before it became one: lost where the money went, else nothing happened.
        return "lost" if withdrawn.minor else "won"
    # Stripe's list is open: what nobody knows needs a person.
    return _STATUSES.get(status, "needs_response")


def _taken(found: Doc) -> tuple[Money, Money | None]:
    """What the movements on our balance took in all, and their fees; in the currency of the balance."""
    told = found.get("balance_transactions")
    movements = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    if not movements:
        return Money(0, money(found, "amount").currency), None
    currency = text(movements[0], "currency")
    amount = -sum(number(one, "amount") for one in movements)
    fee = sum(number(one, "fee") for one in movements)
    return from_stripe(amount, currency), from_stripe(fee, currency) if fee else None


def _due(found: Doc) -> datetime | None:
    moment = inner(found, "evidence_details").get("due_by")
    return datetime.fromtimestamp(moment, UTC) if isinstance(moment, int) and moment else None
