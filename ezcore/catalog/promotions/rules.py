"""Pure rules of promotions: who may use one, on which lines, and how much it takes off. Never below zero (H05)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ezcore.catalog.promotions.models import Promotion, PromotionKind
from ezcore.kernel.money import Money

WHOLE: Final = 1_000_000
"""100 % in parts per million."""
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,39}", re.ASCII)


@dataclass(frozen=True)
class Discount:
    """What is taken off a line: of its recurring amount and of its setup fee. Both are zero or positive."""

    recurring: Money
    setup: Money

    @property
    def total(self) -> Money:
        """Both together."""
        return self.recurring + self.setup


@dataclass(frozen=True)
class Wanted:
    """A line of a cart, as a promotion looks at it: amounts of the first invoice."""

    product_id: int
    cycle: str
    recurring: Money
    setup: Money


@dataclass(frozen=True)
class Buyer:
    """What a promotion asks about who buys. A visitor has ordered nothing yet.

    `ran_products` are the products of services that run, `used_before` counts earlier uses of this promotion.
    """

    is_new: bool = True
    used_before: int = 0
    ran_products: Collection[int] = ()


def code_key(typed: str) -> str | None:
    """The code as it is kept: upper case, spaces around it dropped; None for what cannot be a code."""
    key = typed.strip().upper() if len(typed) <= 2 * 40 else ""
    return key if _CODE.fullmatch(key) else None


def fits(promotion: Promotion, lines: Sequence[Wanted], buyer: Buyer, on: date) -> bool:
    """May this buyer use the promotion for these lines today? Every rule is looked at, whichever fails first."""
    started = promotion.starts_on is None or promotion.starts_on <= on
    running = promotion.ends_on is None or on < promotion.ends_on
    left = promotion.max_uses is None or promotion.used < promotion.max_uses
    once = not promotion.once_per_client or buyer.used_before == 0
    new = not promotion.new_clients_only or buyer.is_new
    there = {line.product_id for line in lines} | set(buyer.ran_products)
    needed = promotion.requires_product_id is None or promotion.requires_product_id in there
    cuts = any(part.total.is_positive for part in discounts(promotion, lines))
    return all((promotion.retired_at is None, started, running, left, once, new, needed, cuts))


def discounts(promotion: Promotion, lines: Sequence[Wanted]) -> list[Discount]:
    """What is taken off each line of the first invoice, in their order."""
    parts = [
        discount(promotion, line.recurring, line.setup) if _is_meant(promotion, line) else _nothing(line)
        for line in lines
    ]
    if not promotion.once_per_order or not parts:
        return parts
    best = max(range(len(parts)), key=lambda index: (parts[index].total.minor, -index))
    return [part if index == best else _nothing(lines[index]) for index, part in enumerate(parts)]


def discount(promotion: Promotion, recurring: Money, setup: Money) -> Discount:
    """What a promotion takes off a recurring amount and a setup fee; at most all of each."""
    nothing = Money.zero(recurring.currency)
    if promotion.kind == PromotionKind.FREE_SETUP:
        return Discount(nothing, setup)
    of_recurring = discount_of(promotion, recurring)
    if not promotion.on_setup:
        return Discount(of_recurring, nothing)
    if promotion.kind == PromotionKind.PERCENT:
        return Discount(of_recurring, _percent(setup, promotion.percent_ppm))
    if promotion.kind == PromotionKind.FIXED:
        # What the recurring amount could not use up goes off the setup fee.
        whole = promotion.amount_in(recurring.currency) or nothing
        return Discount(of_recurring, min(whole - of_recurring, setup))
    return Discount(of_recurring, setup)


def discount_of(promotion: Promotion, amount: Money) -> Money:
    """What a promotion takes off an amount that recurs: also for renewals, while `promotion_left` is not 0."""
    nothing = Money.zero(amount.currency)
    if promotion.kind == PromotionKind.PERCENT:
        return _percent(amount, promotion.percent_ppm)
    given = promotion.amount_in(amount.currency)
    if given is None:
        return nothing
    if promotion.kind == PromotionKind.FIXED:
        return min(given, amount)
    if promotion.kind == PromotionKind.PRICE_OVERRIDE:
        return max(amount - given, nothing)
    return nothing


def billings_left(promotion: Promotion, *, recurs: bool) -> int | None:
    """How many renewals still get the discount after the first invoice; None: all of them."""
    if not recurs or promotion.kind == PromotionKind.FREE_SETUP:
        return 0
    return None if promotion.recurrences is None else promotion.recurrences - 1


def _is_meant(promotion: Promotion, line: Wanted) -> bool:
    product = not promotion.products or line.product_id in promotion.products
    cycle = not promotion.cycles or line.cycle in promotion.cycles
    return product and cycle


def _nothing(line: Wanted) -> Discount:
    zero = Money.zero(line.recurring.currency)
    return Discount(zero, zero)


def _percent(amount: Money, ppm: int) -> Money:
    """Rounded half up; the client keeps at most what there is."""
    return min(Money((2 * amount.minor * ppm + WHOLE) // (2 * WHOLE), amount.currency), amount)
