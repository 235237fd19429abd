"""The front page of the shop, what it says about itself, and what robots may read."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response

from ezcore.catalog.products import queries as products
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.shelf import shelf

CLOSED = ("/accounts/", "/billing/", "/cart/", "/dashboard/", "/orders/")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in CLOSED)


@page("store", "/", public="storefront", template="client/home.pt")
def show_store(request: EzRequest) -> dict[str, Any]:
    """The store: the first shelf under a hero, with tabs to the others."""
    groups = products.store_groups(request.uow)
    return shelf(request, groups, groups[0] if groups else None)


@page("about", "/about/", public="storefront", template="client/about.pt")
def show_about(request: EzRequest) -> dict[str, Any]:
    """Who sells here."""
    return {"groups": products.store_groups(request.uow)}


@page("robots", "/robots.txt", public="storefront")
def show_robots(_request: EzRequest) -> Any:
    """Robots read the store, not people's pages."""
    return Response(ROBOTS, content_type="text/plain", charset="utf-8")
