"""The front page of the shop, what it says about itself, and what robots may read."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response

from ezcore.catalog.products import queries as products
from ezcore.languages import say
from ezcore.publishing.announcements import queries as announcements
from ezcore.publishing.pages import queries as pages
from ezcore.publishing.pages.models import PageName
from ezcore.publishing.text import render
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.shelf import shelf

CLOSED = ("/accounts/", "/billing/", "/cart/", "/dashboard/", "/orders/")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in CLOSED)


@page("store", "/", public="storefront", template="client/home.pt")
def show_store(request: EzRequest) -> dict[str, Any]:
    """The store: the first shelf under a hero, with tabs to the others, and the newest announcement."""
    groups = products.store_groups(request.uow)
    found = shelf(request, groups, groups[0] if groups else None)
    return found | {"news": announcements.newest(request.uow, 1)}


@page("about", "/about/", public="storefront", template="client/about.pt")
def show_about(request: EzRequest) -> dict[str, Any]:
    """Who sells here, in the words of staff where they wrote some."""
    words = pages.current(request.uow, PageName.ABOUT)
    return {
        "groups": products.store_groups(request.uow),
        "page_title": words.title
        if words is not None
        else say("About ${name}", name=request.settings.shop.name),
        "prose": render(words.body) if words is not None else None,
    }


@page("robots", "/robots.txt", public="storefront")
def show_robots(_request: EzRequest) -> Any:
    """Robots read the store, not people's pages."""
    return Response(ROBOTS, content_type="text/plain", charset="utf-8")
