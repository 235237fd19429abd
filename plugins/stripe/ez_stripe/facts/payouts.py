"""Money that Stripe sends to our bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal

from ez_stripe.facts.hint import Hint, Reading
from ez_stripe.reading import Doc, text, text_or_none
from ez_stripe.results import money
from ezcore.plugin_api.ports.webhook_source import Fact, PayoutFact

_STATUSES: dict[str, Literal["pending", "paid", "failed"]] = {
    "paid": "paid",
    "failed": "failed",
    "canceled": "failed",
}


def payout(reading: Reading, hint: Hint) -> Sequence[Fact]:
    """A payout as it stands; one that was paid may fail days later, when the bank sends it back."""
    found = reading.api.payout(hint.object_id)
    status = _STATUSES.get(text(found, "status"), "pending")
    return (
        PayoutFact(
            payout_id=text(found, "id"),
            amount=money(found, "amount"),
            status=status,
            arrives_on=_day(found),
            reason=_reason(found) if status == "failed" else None,
        ),
    )


def _day(found: Doc) -> date | None:
    """Stripe names a day as midnight in UTC, wherever the shop is."""
    moment = found.get("arrival_date")
    return datetime.fromtimestamp(moment, UTC).date() if isinstance(moment, int) else None


def _reason(found: Doc) -> str:
    return text_or_none(found, "failure_message") or text_or_none(found, "failure_code") or "canceled"
