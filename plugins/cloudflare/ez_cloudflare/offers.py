"""What Cloudflare offers: whether a name is free, what it costs, and what every ending costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from pydantic import BaseModel

from ez_cloudflare.api import CloudflareApi
from ezcore.plugin_api import InvalidInput, Money, RetryAfter
from ezcore.plugin_api.ports.registrar import Availability, TldTerms

EXCLUDED: Final = frozenset({"giving", "mom", "inc", "lol", "sh", "link", "cc", "new"})
PROBE: Final = "what-does-this-ending-cost-4f7d21"
SLICE: Final = 20
PAGES: Final = 100
MOST_YEARS: Final = 10
CENT: Final = Decimal("0.01")
"""What we pay is rounded up where Cloudflare counts in parts of a cent."""
REASONS: Final[Mapping[str, str]] = {
    "domain_unavailable": "taken",
    "domain_premium": "a premium name; those are not sold",
    "extension_not_supported": "this ending is not sold by this registrar",
    "extension_not_supported_via_api": "this ending is not sold by this registrar",
    "extension_disallows_registration": "its registry takes no registrations at present",
}


class Pricing(BaseModel):
    """Per year, as strings with all their digits."""

    currency: str
    registration_cost: str
    renewal_cost: str


class Offer(BaseModel):
    """One name."""

    name: str
    registrable: bool
    pricing: Pricing | None = None
    reason: str | None = None
    tier: str | None = None


class Offers(BaseModel):
    """The names of one answer."""

    domains: list[Offer]


class Metadata(BaseModel):
    """Of an ending."""

    name: str
    tld: str


class Extension(BaseModel):
    """An ending that is sold."""

    metadata: Metadata
    registration_schema: dict[str, Any] = {}


def availability(offer: Offer) -> Availability:
    """In the port's words."""
    premium = offer.tier == "premium" or offer.reason == "domain_premium"
    reason = "" if offer.registrable else REASONS.get(offer.reason or "", "cannot be registered")
    return Availability(
        name=offer.name,
        available=offer.registrable and not premium,
        premium=premium,
        reason=REASONS["domain_premium"] if premium else reason,
        price=_money(offer.pricing.registration_cost, offer.pricing.currency) if offer.pricing else None,
    )


def terms_of(api: CloudflareApi) -> list[TldTerms]:
    """What every ending costs: the price of a name that nobody has."""
    endings = {one.metadata.name: one for one in _extensions(api) if one.metadata.name not in EXCLUDED}
    names = sorted(endings)
    found: list[TldTerms] = []
    for at in range(0, len(names), SLICE):
        probes = [f"{PROBE}.{ending}" for ending in names[at : at + SLICE]]
        offers = api.read(
            Offers, api.client.registrar.with_raw_response.check, account_id=api.account_id, domains=probes
        )
        found += [_terms(offer, endings) for offer in offers.domains if offer.pricing and offer.registrable]
    return found


def _terms(offer: Offer, endings: Mapping[str, Extension]) -> TldTerms:
    assert offer.pricing is not None
    ending = offer.name.removeprefix(f"{PROBE}.")
    years = _years(endings[ending].registration_schema) if ending in endings else (1, MOST_YEARS)
    currency = offer.pricing.currency
    return TldTerms(
        tld=ending,
        register_price=_money(offer.pricing.registration_cost, currency),
        renew_price=_money(offer.pricing.renewal_cost, currency),
        min_years=years[0],
        max_years=years[1],
    )


def _years(schema: Mapping[str, Any]) -> tuple[int, int]:
    years = (schema.get("properties") or {}).get("years") or {}
    least, most = years.get("minimum", 1), years.get("maximum", MOST_YEARS)
    return (least, most) if isinstance(least, int) and isinstance(most, int) else (1, MOST_YEARS)


def _extensions(api: CloudflareApi) -> list[Extension]:
    found: list[Extension] = []
    cursor: str | None = None
    for _ in range(PAGES):
        given = {"cursor": cursor} if cursor else {}
        some, info = api.page(
            list[Extension],
            api.client.registrar.extensions.with_raw_response.list,
            account_id=api.account_id,
            per_page=50,
            **given,
        )
        found += some
        cursor = info.cursor
        if not cursor:
            break
    return found


def _money(amount: str, currency: str) -> Money:
    """Raises: RetryAfter for a price that cannot be read."""
    try:
        return Money.parse(str(Decimal(amount).quantize(CENT, ROUND_UP)), currency)
    except (InvalidInput, ArithmeticError):
        raise RetryAfter(10, "Cloudflare sent a price that cannot be read") from None
