"""The products that the plugin brings to the store; staff may change them afterwards."""

from __future__ import annotations

from typing import Any, Final

from ezcore.plugin_api import Money
from ezcore.plugin_api.values import ProductKind, ProductOffer

MODULE: Final = "certificates"
"""The core's own module: it asks whatever authority the product's settings name."""

# slug, name, blurb, features, price per year in EUR and USD alike, settings
PLANS: Final[tuple[tuple[str, str, str, tuple[str, ...], str, dict[str, Any]], ...]] = (
    (
        "ssl-free", "SSL", "For sites that we host", ("Up to 5 names", "Installed and renewed for you"), "0.00",
        {"authority": "acme", "most_names": 5, "wildcards": False},
    ),
    (
        "ssl-wildcard", "SSL Wildcard", "All names of a domain",
        ("Up to 25 names", "Wildcards", "Your own key if you like", "Installed and renewed for you"), "19.00",
        {"authority": "acme", "most_names": 25, "wildcards": True},
    ),
)  # fmt: skip


def kinds() -> list[ProductKind]:
    """Certificates: one that comes free with hosting, one with wildcards."""
    offers = tuple(
        ProductOffer(
            slug=slug,
            name=name,
            blurb=blurb,
            features=features,
            prices=tuple(("1 year", Money.parse(price, currency)) for currency in ("EUR", "USD")),
            settings=settings,
        )
        for slug, name, blurb, features, price, settings in PLANS
    )
    return [
        ProductKind(name="certificate", title="SSL certificates", icon="lock", module=MODULE, offers=offers)
    ]
