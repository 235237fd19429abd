"""Pure arithmetic of credit notes: how an amount is taken back from an invoice's lines and taxes, to the last cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ezcore.billing.invoices.models import InvoiceLine, InvoiceTax
from ezcore.kernel.allocation import largest_remainder
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class Part:
    """What is taken back of one line: net and tax."""

    line_id: int
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Both."""
        return self.net + self.tax


@dataclass(frozen=True)
class TaxPart:
    """What is taken back of one tax of the invoice."""

    position: int
    base: Money
    tax: Money


def spread(lines: Sequence[InvoiceLine], left: Mapping[int, Part], gross: Money) -> list[Part]:
    """Spread an amount (with tax) over what is left of the lines, in proportion; all of it takes exactly what is left.

    Raises: InvalidInput(field="amount") when it is not positive, or more than is left.
    """
    parts = [left[line.id] for line in lines]
    whole = Money.total((part.gross for part in parts), gross.currency)
    if not gross.is_positive or gross > whole:
        raise InvalidInput(f"between {Money(1, gross.currency)} and {whole} can be credited", field="amount")
    if gross == whole:
        return parts
    shares = gross.allocate([part.gross.minor for part in parts])
    return [take(part, share) for part, share in zip(parts, shares, strict=True)]


def take(part: Part, gross: Money) -> Part:
    """A share of what is left of a line, split into net and tax as the line is."""
    if part.gross.is_zero or gross.is_zero:
        return Part(part.line_id, Money.zero(gross.currency), gross)
    net, tax = gross.allocate([part.net.minor, part.tax.minor])
    return Part(part.line_id, net, tax)


def taxes_of(
    parts: Sequence[Part], lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax]
) -> list[TaxPart]:
    """How the credited tax is split among the invoice's taxes: each line's tax by the weight of its taxes."""
    by_id = {line.id: line for line in lines}
    base: dict[int, int] = {}
    tax: dict[int, int] = {}
    for part in parts:
        positions = by_id[part.line_id].tax_positions
        weights = [abs(taxes[position].tax_minor) for position in positions]
        shares = largest_remainder(part.tax.minor, weights) if any(weights) else [0] * len(positions)
        for position, share in zip(positions, shares, strict=True):
            base[position] = base.get(position, 0) + part.net.minor
            tax[position] = tax.get(position, 0) + share
    currency = parts[0].net.currency
    return [TaxPart(p, Money(base[p], currency), Money(tax[p], currency)) for p in sorted(base)]
