"""Split a whole number by weights without losing or inventing a unit.

Source: the largest remainder method. Ties go to the earlier part, so the same input always gives the same
split.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


def largest_remainder(whole: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Give each weight its share of ``whole``; the shares add up to it.

    A weight of zero gets nothing.
    Raises: ValueError when there is something to split and nothing to split it by.
    """
    counts = _as_integers(weights)
    total = sum(counts)
    if total == 0:
        if whole:
            raise ValueError("weights that add up to zero cannot carry an amount")
        return [0] * len(counts)
    if total < 0:
        counts, total = [-count for count in counts], -total
    sign = -1 if whole < 0 else 1
    shares = [divmod(abs(whole) * count, total) for count in counts]
    parts = [quotient for quotient, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: -shares[index][1])
    for index in by_remainder[: abs(whole) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def _as_integers(weights: Sequence[int | Decimal]) -> list[int]:
    """Scale the weights to whole numbers that keep their proportions exactly."""
    fractions = [Fraction(weight) for weight in weights]
    scale = lcm(*(fraction.denominator for fraction in fractions))
    return [int(fraction * scale) for fraction in fractions]
