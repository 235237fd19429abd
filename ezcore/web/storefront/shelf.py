"""One shelf of the store as pages show it: tabs of shelves, cycles to choose from, plan cards, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import ProductGroup
from ezcore.web.shared.request import EzRequest
from ezcore.web.storefront.compare import compare
from ezcore.web.storefront.plans import current_of, cycle_tabs, plan_cards


def shelf(request: EzRequest, groups: Sequence[ProductGroup], group: ProductGroup | None) -> dict[str, Any]:
    """What the store templates need for `group`; the cycle comes from `?cycle=`."""
    currency, today = request.settings.shop.currency, request.uow.today()
    found = products.store_products(request.uow, group) if group is not None else []
    tabs = cycle_tabs(found, currency, request.GET.get("cycle"), today)
    return {
        "groups": groups,
        "group": group,
        "tabs": tabs,
        "cards": plan_cards(found, currency, current_of(tabs), today),
        "compared": compare(found, currency, today),
        "compared_names": [product.name for product in found],
        "currency": currency,
    }
