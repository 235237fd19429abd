"""The products that the plugin brings to the store; staff may change them afterwards."""

from __future__ import annotations

from typing import Final

from ezcore.plugin_api import Money
from ezcore.plugin_api.values import ProductKind, ProductOffer

# slug (and package in the panel), name, blurb, features, price per month and per year in EUR and USD alike
PLANS: Final = (
    ("web-start", "Web Start", "One site", ("1 website", "10 GB storage", "5 mailboxes"), "3.50", "35.00"),
    ("web-pro", "Web Pro", "Small shops", ("10 websites", "50 GB storage", "50 mailboxes"), "7.00", "70.00"),
    ("web-agency", "Web Agency", "Many clients", ("100 websites", "200 GB storage"), "19.00", "190.00"),
)


def kinds(module: str) -> list[ProductKind]:
    """Web hosting in three sizes; the packages of the panel are called like the products."""
    offers = tuple(
        ProductOffer(
            slug=slug,
            name=name,
            blurb=blurb,
            features=(*features, "Free TLS"),
            prices=_prices(month, year),
            settings={"package": slug},
        )
        for slug, name, blurb, features, month, year in PLANS
    )
    return [ProductKind(name="hosting", title="Web hosting", icon="globe", module=module, offers=offers)]


def _prices(month: str, year: str) -> tuple[tuple[str, Money], ...]:
    """The same figure in both currencies, as the shop's other prices."""
    return tuple(
        (cycle, Money.parse(amount, currency))
        for currency in ("EUR", "USD")
        for cycle, amount in (("1 month", month), ("1 year", year))
    )
