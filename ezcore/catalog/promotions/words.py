"""Pure: one sentence that says what a promotion does, the same for staff and buyers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from ezcore.catalog.promotions.models import Promotion, PromotionKind
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle

Print = Callable[[Money], str]


def sentence(
    promotion: Promotion, names: Mapping[int, str], show: Print = str, day: Callable[[date], str] = str
) -> str:
    """For example "20 % off VPS M for the first 3 billings, for new clients, once per client, until 31 Dec 2026."."""
    parts = [_what(promotion, show), _on_what(promotion, names), _how_long(promotion)]
    if promotion.cycles:
        parts.append("when paid " + _or([_per(name) for name in promotion.cycles]))
    if promotion.requires_product_id is not None:
        needed = names.get(promotion.requires_product_id, "a product that is no longer there")
        parts.append(f"together with {needed}")
    text = " ".join(part for part in parts if part)
    limits = _limits(promotion, day)
    return ", ".join([text, *limits]) + "."


def _what(promotion: Promotion, show: Print) -> str:
    amounts = _or([show(Money(one.amount_minor, one.currency)) for one in promotion.amounts])
    setup = " (setup fees too)" if promotion.on_setup else ""
    if promotion.kind == PromotionKind.PERCENT:
        percent = f"{promotion.percent_ppm / 10_000:g}"
        return f"{percent} % off{setup}"
    if promotion.kind == PromotionKind.FIXED:
        return f"{amounts} off{setup}"
    if promotion.kind == PromotionKind.PRICE_OVERRIDE:
        return f"{amounts} instead of the list price{' and no setup fee' if promotion.on_setup else ''} for"
    return "No setup fee for"


def _on_what(promotion: Promotion, names: Mapping[int, str]) -> str:
    if promotion.products:
        meant = _or([names.get(number, f"product {number}") for number in promotion.products])
    else:
        meant = "everything"
    return f"{meant} (the dearest line only)" if promotion.once_per_order else meant


def _how_long(promotion: Promotion) -> str:
    if promotion.kind == PromotionKind.FREE_SETUP:
        return ""
    if promotion.recurrences is None:
        return "for as long as it runs"
    if promotion.recurrences == 1:
        return "for the first billing"
    return f"for the first {promotion.recurrences} billings"


def _limits(promotion: Promotion, day: Callable[[date], str]) -> list[str]:
    found = []
    if promotion.new_clients_only:
        found.append("for new clients")
    if promotion.once_per_client:
        found.append("once per client")
    if promotion.max_uses is not None:
        found.append("once in all" if promotion.max_uses == 1 else f"{promotion.max_uses} times in all")
    if promotion.starts_on is not None:
        found.append(f"from {day(promotion.starts_on)}")
    if promotion.ends_on is not None:
        found.append(f"until {day(promotion.ends_on - timedelta(days=1))}")
    return found


def _per(name: str) -> str:
    cycle = Cycle.parse(name)
    if not cycle.recurs:
        return "once"
    return f"per {cycle.unit}" if cycle.count == 1 else f"every {cycle}"


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
