"""Every page of the route table is light: at most 40 kB of HTML and 12 questions to the database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import pytest

from ezcore.worker import drain
from tests.browser.routes import NO_PAGE, Route
from tests.fixtures_shop import order, put_in_cart

HEAVIEST = 40_000
MOST = 12
PER_ROUTE = 2
STARTS = {
    "visitor": ("/", "/accounts/login/", "/accounts/signup/"),
    "client": ("/", "/dashboard/", "/billing/", "/billing/cart/"),
    "staff": ("/admin/", "/admin/search/?q=ann"),
}


def of_the_page(asked: Iterable[str]) -> int:
    """Without the look, every two seconds, whether staff switched a plugin off: whichever page comes then has it."""
    return sum("FROM plugin_state" not in one for one in asked)


@pytest.fixture
def browsers(new_browser, as_client, as_staff, shop):
    """A visitor, a client with a running service, an open order and a full cart, and the owner of the shop."""
    client, staff = as_client(), as_staff()
    order(client)
    pay = next(
        form
        for form in staff.get("/admin/invoices/2026-00001/").forms.values()
        if form.action.endswith("/receive/")
    )
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    drain(shop)
    order(client)
    put_in_cart(client)
    return {"visitor": new_browser(), "client": client, "staff": staff}


@pytest.fixture
def routes(wsgi) -> list[Route]:
    pages = {
        Route(one.path, one.permission) for one in wsgi.registry["ez.declarations"] if one.method == "GET"
    }
    return [one for one in pages if not NO_PAGE.search(one.pattern)]


@pytest.mark.parametrize("role", ["visitor", "client", "staff"])
def test_every_page_is_light_in_bytes_and_in_questions(shop, browsers, routes, count_queries, role):
    mine = [one for one in routes if one.is_for(role)]
    queue, seen, wrong = list(STARTS[role]) + [one.pattern for one in mine if "{" not in one.pattern], {}, {}
    for url in queue:
        path = urlsplit(url).path
        fitting = (one for one in mine if one.matcher.fullmatch(path))
        route = min(fitting, key=lambda one: one.pattern.count("{"), default=None)
        known = seen.setdefault(route.pattern, set()) if route else set()
        if route is None or path in known or len(known) >= PER_ROUTE:
            continue
        known.add(path)
        with count_queries(shop.engine) as asked:
            page = browsers[role].get(url, expect_errors=True)
        if page.status_int in (301, 302, 303):
            queue.append(urlsplit(page.location).path)
        elif page.content_type == "text/html":
            questions = of_the_page(asked)
            if len(page.body) > HEAVIEST or questions > MOST:
                wrong[url] = f"{len(page.body)} bytes, {questions} queries"
            queue += [href for href in re.findall(r'href="(/[^"#]*)"', page.text) if "logout" not in href]
    assert wrong == {}
    assert len(seen) > len(STARTS[role]), "the crawl went nowhere"
