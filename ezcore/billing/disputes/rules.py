"""Which of two words about a dispute is the later one, whatever the order in which they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ezcore.billing.disputes.models import DisputeStatus
from ezcore.kernel.money import Money

# A dispute that was lost may still be won (an appeal); nothing follows a win.
_RANK: Final = {status: rank for rank, status in enumerate(DisputeStatus)}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Word:
    """What a gateway said of a dispute."""

    status: DisputeStatus
    amount: Money
    withdrawn: Money
    fee: Money
    reason: str
    answer_by: datetime | None


def later(one: Word, other: Word) -> Word:
    """The later of two: by status; within a status money goes on leaving, and after a win it comes back.

    A total order, so any order and any repetition of the same words ends with the same one.
    """
    return max(one, other, key=_order)


def _order(word: Word) -> tuple[object, ...]:
    sign = -1 if word.status == DisputeStatus.WON else 1
    return (
        _RANK[word.status],
        sign * word.withdrawn.minor,
        sign * word.fee.minor,
        word.answer_by or _NEVER,
        word.amount.minor,
        word.withdrawn.currency,
        word.fee.currency,
        word.reason,
    )


def in_books(word: Word, currency: str) -> Money:
    """What our account of the payment's currency misses; a balance in another currency counts the disputed amount."""
    if not word.withdrawn.is_positive:
        return Money.zero(currency)
    return word.withdrawn if word.withdrawn.currency == currency else word.amount


def fee_in_books(word: Word, currency: str) -> Money:
    """A fee in another currency belongs to that balance's payout, not to this payment."""
    return word.fee if word.fee.currency == currency else Money.zero(currency)
