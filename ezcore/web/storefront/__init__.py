"""Pages for everybody: the store, the cart, the checkout, the doors of accounts, the mail sink."""

from __future__ import annotations

from typing import Any

from ezcore.web.shared.views import include_area
from ezcore.web.storefront import (
    accounts,
    cart,
    checkout,
    checkout_plan,
    checkout_resume,
    contact,
    domain_order,
    domains,
    home,
    mail_sink,
    pay_link,
    pricing,
    publishing,
    quote_link,
    review,
    unsubscribe,
)
from ezcore.web.storefront.cart_cookie import cart_size


def includeme(config: Any) -> None:
    """Register the pages. The steps of the checkout come before `/billing/checkout/<plan_slug>/`."""
    config.add_request_method(cart_size, "cart_size", reify=True)
    include_area(config, pay_link, quote_link, unsubscribe, contact)
    include_area(
        config, home, domains, domain_order, pricing, cart, checkout, review, checkout_resume, checkout_plan
    )
    config.include(accounts)
    config.include(publishing)
    config.include(mail_sink)
