"""Pure arithmetic of invoices: lines, totals, the hash of what was issued, numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period


@dataclass(frozen=True)
class LineDraft:
    """A line before it is stored. `service_id` with `period` makes it the line of that period."""

    description: str
    amount: Money
    detail: str = ""
    quantity: int = 1
    service_id: int | None = None
    period: Period | None = None


def line_from(draft: LineDraft, position: int) -> InvoiceLine:
    """The row of a draft line; amount = quantity x unit."""
    period = draft.period
    recurring = period is not None and draft.service_id is not None
    return InvoiceLine(
        position=position,
        description=draft.description[:200],
        detail=draft.detail,
        quantity=draft.quantity,
        unit_minor=draft.amount.minor,
        amount_minor=draft.amount.times(draft.quantity).minor,
        currency=draft.amount.currency,
        service_id=draft.service_id,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        period_key=f"{draft.service_id}:{period.start}" if recurring and period else None,
    )


def total_of(lines: Sequence[InvoiceLine], currency: str) -> Money:
    """Sum of the lines. Raises: CurrencyMismatch."""
    return Money.total((line.amount for line in lines), currency)


def content_hash(invoice: Invoice) -> str:
    """SHA-256 of everything a client was shown: number, dates, parties, lines, total."""
    content = {
        "number": invoice.number,
        "issued": str(invoice.issued_on),
        "due": str(invoice.due_on),
        "buyer": invoice.buyer,
        "seller": invoice.seller,
        "notes": invoice.notes,
        "total": [invoice.total_minor, invoice.currency],
        "lines": [
            [
                line.description,
                line.detail,
                line.quantity,
                line.unit_minor,
                line.amount_minor,
                str(line.period_start),
                str(line.period_end),
            ]
            for line in invoice.lines
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def print_number(pattern: str, number: int, on: date) -> str:
    """An invoice number as it is printed, such as 2026-00042."""
    return pattern.format(year=on.year, number=number)
