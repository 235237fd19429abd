"""Pure arithmetic of invoices: lines with their taxes, totals, the hash of what was issued, numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ezcore.billing.taxes.rules import TaxableLine, TaxCase, TaxTotal, apply
from ezcore.kernel.money import Money, Rate
from ezcore.kernel.period import Period

# What a content hash covers, in these orders.
HEAD = (
    "kind", "number", "series", "currency", "issued_on", "due_on", "tax_point", "tax_treatment", "tax_note",
    "net_minor", "tax_minor", "total_minor", "buyer", "seller", "notes",
)  # fmt: skip
LINE = (
    "position", "kind", "description", "detail", "quantity", "unit_minor", "amount_minor", "tax_minor", "tax_class",
    "service_id", "price_id", "promotion_id", "period_start", "period_end", "explain",
)  # fmt: skip
TAX = ("position", "name", "rate_ppm", "level", "compound", "category", "base_minor", "tax_minor")


@dataclass(frozen=True)
class LineDraft:
    """A line before it is taxed and stored.

    `amount` is the price of one piece as the shop states prices (with tax where prices include it); negative for
    discounts. A line with `service_id` and `period` of kind `period` is *the* line of that period: there is one.
    `explain` holds plain facts (words, whole numbers, ISO dates) from which the amount can be told again.
    """

    description: str
    amount: Money
    detail: str = ""
    quantity: int = 1
    service_id: int | None = None
    period: Period | None = None
    kind: str = ""
    tax_class: str = "standard"
    price_id: int | None = None
    promotion_id: int | None = None
    explain: Mapping[str, Any] = field(default_factory=dict)

    @property
    def line_kind(self) -> str:
        """The kind, with what follows from the rest when it was left open."""
        return self.kind or ("period" if self.period is not None and self.service_id is not None else "item")


@dataclass(frozen=True)
class Assembled:
    """Rows of an invoice before they have ids: values of `invoice_line` and `invoice_tax`, and the sums."""

    lines: tuple[dict[str, Any], ...]
    taxes: tuple[dict[str, Any], ...]
    net: Money
    tax: Money
    total: Money

    def net_of(self, kind: str) -> Money:
        """Net of the lines of one kind."""
        minor = sum(line["amount_minor"] for line in self.lines if line["kind"] == kind)
        return Money(minor, self.net.currency)


def assemble(drafts: Sequence[LineDraft], case: TaxCase, currency: str) -> Assembled:
    """Tax the lines and add them up. Pure, used for one invoice, an estimate and a billing run alike.

    Raises: CurrencyMismatch.
    """
    amounts = [draft.amount.times(draft.quantity) for draft in drafts]
    pairs = zip(amounts, drafts, strict=True)
    taxed = apply([TaxableLine(amount, draft.tax_class) for amount, draft in pairs], case, currency)
    positions = _positions(drafts, case)
    lines = []
    for position, (draft, line) in enumerate(zip(drafts, taxed.lines, strict=True)):
        values = _line(draft, position, line.net, line.tax)
        values["tax_positions"] = positions[position]
        lines.append(values)
    taxes = tuple(_tax(total, position) for position, total in enumerate(taxed.taxes))
    return Assembled(tuple(lines), taxes, taxed.net, taxed.tax, taxed.total)


def content_hash(
    head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], taxes: Sequence[Mapping[str, Any]]
) -> str:
    """SHA-256 of everything a client was shown (version 2): number, dates, parties, lines, taxes, totals.

    Given plain values, so that it can be computed before the rows are written and again from them.
    """
    content = [
        [head[name] for name in HEAD],
        [[line[name] for name in LINE] for line in lines],
        [[tax[name] for name in TAX] for tax in taxes],
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def stored_hash(invoice: Any) -> str:
    """The hash of a stored invoice, recomputed from its rows."""
    return content_hash(
        {name: getattr(invoice, name) for name in HEAD},
        [{name: getattr(line, name) for name in LINE} for line in invoice.lines],
        [{name: getattr(tax, name) for name in TAX} for tax in invoice.taxes],
    )


def series_name(kind: str, on: date, *, yearly: bool) -> str:
    """The series that counts documents of this kind, begun anew each year if so set."""
    return f"{kind}:{on.year}" if yearly else kind


def print_number(pattern: str, number: int, on: date) -> str:
    """An invoice number as it is printed, such as 2026-00042."""
    return pattern.format(year=on.year, number=number)


def _line(draft: LineDraft, position: int, net: Money, tax: Money) -> dict[str, Any]:
    period, kind = draft.period, draft.line_kind
    return {
        "position": position,
        "kind": kind,
        "description": draft.description[:200],
        "detail": draft.detail,
        "quantity": draft.quantity,
        "unit_minor": _unit(draft, net),
        "amount_minor": net.minor,
        "tax_minor": tax.minor,
        "tax_class": draft.tax_class,
        "currency": net.currency,
        "service_id": draft.service_id,
        "price_id": draft.price_id,
        "promotion_id": draft.promotion_id,
        "period_start": period.start if period else None,
        "period_end": period.end if period else None,
        "period_key": f"{draft.service_id}:{period.start}" if kind == "period" and period else None,
        "explain": dict(draft.explain),
    }


def _unit(draft: LineDraft, net: Money) -> int:
    """The net price of one piece; where prices include tax it is rounded, and the line's net is what counts."""
    if draft.amount.times(draft.quantity) == net:
        return draft.amount.minor
    return Rate(net.decimal / draft.quantity, net.currency).times(1).minor


def _positions(drafts: Sequence[LineDraft], case: TaxCase) -> list[list[int]]:
    """Which taxes are computed on which line: taxes come group by group, in the order in which groups appear."""
    groups: dict[tuple[object, ...], list[int]] = {}
    count = 0
    found = []
    for draft in drafts:
        rates = case.rates_of(draft.tax_class)
        key = tuple(
            sorted((rate.level, rate.name, rate.rate_ppm, rate.compound, rate.category) for rate in rates)
        )
        if key not in groups:
            groups[key] = list(range(count, count + len(rates)))
            count += len(rates)
        found.append(groups[key])
    return found


def _tax(total: TaxTotal, position: int) -> dict[str, Any]:
    return {
        "position": position,
        "name": total.name,
        "rate_ppm": total.rate_ppm,
        "level": total.level,
        "compound": total.compound,
        "category": total.category,
        "currency": total.base.currency,
        "base_minor": total.base.minor,
        "tax_minor": total.tax.minor,
        "rule_id": total.rule_id,
    }
