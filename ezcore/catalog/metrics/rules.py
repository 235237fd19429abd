"""Pure arithmetic of usage: what a quantity costs by tiers.

Source: tiered pricing as Stripe documents it: graduated (each unit at its tier's rate) and volume (all units at the
rate of the tier that the whole quantity falls into). Rounded once per line, half up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ezcore.catalog.metrics.models import TierMode
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money, Rate

MILLI: Final = 1000


@dataclass(frozen=True)
class Tier:
    """Up to so many units beyond what is included (None: all the rest), each for `rate`."""

    up_to: int | None
    rate: Decimal


@dataclass(frozen=True)
class Charge:
    """What a quantity costs, and the parts it is made of: (units, rate per unit)."""

    amount: Money
    billable: Decimal
    parts: tuple[tuple[Decimal, Decimal], ...]


def tiers_of(tiers: Mapping[str, Any], currency: str) -> tuple[Tier, ...]:
    """Read the tiers of a currency. Raises: InvalidInput(field="tiers") when they do not rise or do not end."""
    rows = tiers.get(currency)
    if not rows:
        raise InvalidInput(f"there are no tiers in {currency}", field="tiers")
    found = tuple(Tier(row["up_to"], Decimal(str(row["rate"]))) for row in rows)
    ends = [tier.up_to or 0 for tier in found[:-1]]
    rising = all(end > before for before, end in zip([0, *ends], ends, strict=False))
    if found[-1].up_to is not None or not rising:
        raise InvalidInput("tiers rise, and the last one is open", field="tiers")
    if any(not tier.rate.is_finite() or tier.rate < 0 for tier in found):
        raise InvalidInput("a rate is not negative", field="tiers")
    return found


def charge(used_milli: int, included_milli: int, tiers: Sequence[Tier], mode: str, currency: str) -> Charge:
    """What was used beyond what is included, priced by the tiers."""
    billable = Decimal(max(0, used_milli - included_milli)) / MILLI
    if not billable:
        return Charge(Money.zero(currency), billable, ())
    parts = _volume(billable, tiers) if mode == TierMode.VOLUME else _graduated(billable, tiers)
    exact = sum((units * rate for units, rate in parts), Decimal(0))
    return Charge(Rate(exact, currency).times(1), billable, tuple(parts))


def _graduated(billable: Decimal, tiers: Sequence[Tier]) -> list[tuple[Decimal, Decimal]]:
    parts, start = [], Decimal(0)
    for tier in tiers:
        end = billable if tier.up_to is None else min(billable, Decimal(tier.up_to))
        if end > start:
            parts.append((end - start, tier.rate))
            start = end
    return parts


def _volume(billable: Decimal, tiers: Sequence[Tier]) -> list[tuple[Decimal, Decimal]]:
    tier = next(tier for tier in tiers if tier.up_to is None or billable <= tier.up_to)
    return [(billable, tier.rate)]
