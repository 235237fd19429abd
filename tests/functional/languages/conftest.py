"""A shop that offers German and both languages that nobody speaks, with something on every page."""

from __future__ import annotations

import pytest

from ezcore.worker import drain
from tests.browser.routes import Route
from tests.fixtures_shop import order, put_in_cart


@pytest.fixture
def shop(shop):
    shop.work.settings.shop.__dict__["languages"] = "en de en-XA ar-XB"
    return shop


@pytest.fixture
def routes(wsgi) -> list[Route]:
    declared = wsgi.registry["ez.declarations"]
    return sorted({Route(one.path, one.permission) for one in declared if one.method == "GET"}, key=str)


@pytest.fixture
def people(new_browser, as_client, as_staff, shop):
    """A visitor, a client with a running service, an open order and a full cart, and the owner of the shop."""
    client, staff = as_client(), as_staff()
    order(client)
    forms = staff.get("/admin/invoices/2026-00001/").forms.values()
    pay = next(form for form in forms if form.action.endswith("/receive/"))
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    drain(shop)
    order(client)
    put_in_cart(client)
    return {"visitor": new_browser(), "client": client, "staff": staff}
