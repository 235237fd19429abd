"""Pure arithmetic of refunds: which money of a payment goes back first, and what that does to its invoices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ezcore.kernel.money import Money


class Taken(StrEnum):
    """What a part of a refund is taken from."""

    CREDIT = "credit"  # the client's credit: what was paid too much, or credited before
    NOTE = "note"  # a paid invoice: a credit note puts it on the credit, and it is taken from there
    INVOICE = "invoice"  # an invoice that is not paid in full, or no credit note is wanted: it is owed again


@dataclass(frozen=True)
class Share:
    """What a payment still holds on one invoice, and how much of that invoice can be credited."""

    invoice_id: int
    is_paid: bool
    is_open: bool
    held: Money
    creditable: Money


@dataclass(frozen=True)
class Part:
    """`amount` goes back; a credit note of `note` is written on the invoice."""

    taken: Taken
    amount: Money
    note: Money
    invoice_id: int | None = None


def split(
    amount: Money, loose: Money, shares: Sequence[Share], *, to_credit: bool, credit_note: bool
) -> list[Part]:
    """Split a refund into parts.

    What was paid too much goes back first (it is credit already, so a refund *to* credit leaves it alone); then
    the invoices, in the order given. What cannot be credited any more was credited before: it is on the credit.
    """
    nothing = Money.zero(amount.currency)
    parts = []
    rest = amount
    if not to_credit and loose.is_positive:
        first = min(rest, loose)
        parts.append(Part(Taken.CREDIT, first, nothing))
        rest -= first
    for share in shares:
        part = min(rest, share.held)
        if part.is_positive:
            parts.extend(_of_invoice(part, share, credit_note=credit_note))
            rest -= part
    if rest.is_positive and not to_credit:
        parts.append(Part(Taken.CREDIT, rest, nothing))
    return [one for one in parts if one.amount.is_positive]


def _of_invoice(part: Money, share: Share, *, credit_note: bool) -> list[Part]:
    nothing = Money.zero(part.currency)
    note = min(part, share.creditable) if credit_note else nothing
    if share.is_open or (share.is_paid and not credit_note):
        return [Part(Taken.INVOICE, part, note, share.invoice_id)]
    if not share.is_paid:
        return [Part(Taken.CREDIT, part, nothing)]
    return [Part(Taken.NOTE, note, note, share.invoice_id), Part(Taken.CREDIT, part - note, nothing)]
