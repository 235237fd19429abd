"""The rows of bills before they are written, pure: what `issue` would store, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from ezcore.billing.invoices.rules import Assembled, LineDraft
from ezcore.kernel.money import Money

INVOICE: Final = (
    "id", "kind", "client_id", "status", "currency", "net_minor", "tax_minor", "total_minor", "paid_minor",
    "credited_minor", "written_off_minor", "issued_on", "due_on", "tax_point", "tax_treatment", "tax_note", "buyer",
    "seller", "notes", "hash_version", "created_at",
)  # fmt: skip
LINE: Final = (
    "position", "kind", "description", "detail", "quantity", "unit_minor", "amount_minor", "tax_minor", "tax_class",
    "currency", "service_id", "price_id", "promotion_id", "period_start", "period_end", "period_key", "tax_positions",
    "explain",
)  # fmt: skip
TAX: Final = (
    "position", "name", "rate_ppm", "level", "compound", "category", "currency", "base_minor", "tax_minor", "rule_id",
)  # fmt: skip
NUMBERED: Final = ("number", "series", "sequence", "status", "content_hash")


@dataclass(frozen=True, slots=True)
class Bill:
    """What one invoice is to charge: lines of one client and currency, due on one day."""

    client_id: int
    currency: str
    due_on: date
    lines: tuple[LineDraft, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice that the run made."""

    invoice_id: int
    client_id: int
    number: str
    total: Money
    due_on: date


@dataclass(slots=True)
class Sheet:
    """A bill on its way into the tables: taxed, with its id; `head` is what its hash covers, the number comes last."""

    bill: Bill
    id: int
    assembled: Assembled
    head: dict[str, Any]
    notes: list[dict[str, str]] = field(default_factory=list)
