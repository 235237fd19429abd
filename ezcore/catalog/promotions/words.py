"""Pure: one sentence that says what a promotion does, the same for staff and buyers, in the language spoken now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from ezcore.catalog.promotions.models import Promotion, PromotionKind
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.languages import many, say

Print = Callable[[Money], str]
_PER = {"day": "per day", "week": "per week", "month": "per month", "year": "per year"}


def sentence(
    promotion: Promotion, names: Mapping[int, str], show: Print = str, day: Callable[[date], str] = str
) -> str:
    """For example "20 % off VPS M for the first 3 billings, for new clients, once per client, until 31 Dec 2026."."""
    parts = [_what(promotion, show), _on_what(promotion, names), _how_long(promotion)]
    if promotion.cycles:
        parts.append(say("when paid ${per}", per=_or([_per(name) for name in promotion.cycles])))
    if promotion.requires_product_id is not None:
        needed = names.get(promotion.requires_product_id, say("a product that is no longer there"))
        parts.append(say("together with ${needed}", needed=needed))
    text = " ".join(part for part in parts if part)
    limits = _limits(promotion, day)
    return ", ".join([text, *limits]) + "."


def _what(promotion: Promotion, show: Print) -> str:
    amounts = _or([show(Money(one.amount_minor, one.currency)) for one in promotion.amounts])
    if promotion.kind in (PromotionKind.PERCENT, PromotionKind.FIXED):
        cut = amounts if promotion.kind == PromotionKind.FIXED else f"{promotion.percent_ppm / 10_000:g} %"
        return (
            say("${cut} off (setup fees too)", cut=cut) if promotion.on_setup else say("${cut} off", cut=cut)
        )
    if promotion.kind == PromotionKind.PRICE_OVERRIDE:
        if promotion.on_setup:
            return say("${amounts} instead of the list price and no setup fee for", amounts=amounts)
        return say("${amounts} instead of the list price for", amounts=amounts)
    return say("No setup fee for")


def _on_what(promotion: Promotion, names: Mapping[int, str]) -> str:
    if promotion.products:
        meant = _or(
            [names.get(number, say("product ${number}", number=number)) for number in promotion.products]
        )
    else:
        meant = say("everything")
    return say("${meant} (the dearest line only)", meant=meant) if promotion.once_per_order else meant


def _how_long(promotion: Promotion) -> str:
    if promotion.kind == PromotionKind.FREE_SETUP:
        return ""
    if promotion.recurrences is None:
        return say("for as long as it runs")
    if promotion.recurrences == 1:
        return say("for the first billing")
    return say("for the first ${recurrences} billings", recurrences=promotion.recurrences)


def _limits(promotion: Promotion, day: Callable[[date], str]) -> list[str]:
    found = []
    if promotion.new_clients_only:
        found.append(say("for new clients"))
    if promotion.once_per_client:
        found.append(say("once per client"))
    if promotion.max_uses is not None:
        found.append(many(promotion.max_uses, "once in all", "${n} times in all"))
    if promotion.starts_on is not None:
        found.append(say("from ${day}", day=day(promotion.starts_on)))
    if promotion.ends_on is not None:
        found.append(say("until ${day}", day=day(promotion.ends_on - timedelta(days=1))))
    return found


def _per(name: str) -> str:
    cycle = Cycle.parse(name)
    if not cycle.recurs:
        return say("once")
    return say(_PER[cycle.unit]) if cycle.count == 1 else say(f"every {cycle}")


def _or(words: list[str]) -> str:
    return say(" or ").join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
