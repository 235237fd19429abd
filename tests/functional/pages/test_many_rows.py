"""However long a list is, its page asks the database the same number of questions: at 1, 25 and 100 rows, at most 12.

The pages come from the route table: every page of clients and staff that has an address of its own. A push takes a
third of them by turns (`EZ_LISTS_TURN=0..2` chooses), the nightly run takes all.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import pytest

from ezcore.worker import drain
from tests.browser.routes import NO_PAGE
from tests.fixtures_shop import order
from tests.functional.pages.growing import PEOPLE, Grower

MOST = 12
SIZES = ((1, 24), (25, 99))
TURNS = 3
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
TURN = int(os.environ.get("EZ_LISTS_TURN") or datetime.now(UTC).date().toordinal()) % TURNS


def questions(count_queries, shop, browser, path):
    """What the page itself asks: not the look, every two seconds, whether staff switched a plugin off."""
    with count_queries(shop.engine) as asked:
        page = browser.get(path, expect_errors=True)
    assert page.status_int in (200, 302, 303, 404), (path, page.status)
    return [one for one in asked if "FROM plugin_state" not in one]


@pytest.fixture
def traded(shop, as_client, as_staff):
    """A client with a running service and an open order, and the owner."""
    client, staff = as_client(), as_staff()
    order(client)
    page = staff.get("/admin/invoices/2026-00001/")
    pay = next(form for form in page.forms.values() if form.action.endswith("/receive/"))
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    drain(shop)
    order(client)
    return {"client": client, "staff": staff}


def lists_of(wsgi, role):
    """Addresses without a record in them, by turns."""
    found = sorted(
        one.path
        for one in wsgi.registry["ez.declarations"]
        if one.method == "GET"
        and "{" not in one.path
        and one.permission is not None
        and one.permission.startswith("client.") == (role == "client")
        and not NO_PAGE.search(one.path)
    )
    return found if NIGHTLY else found[TURN::TURNS]


@pytest.mark.parametrize("role", ["client", "staff"])
def test_a_list_of_a_hundred_rows_asks_what_a_list_of_one_asks(shop, traded, wsgi, count_queries, role):
    if not NIGHTLY:
        sys.stdout.write(f"\nlists: EZ_LISTS_TURN={TURN}, {role}\n")
    browser, paths = traded[role], lists_of(wsgi, role)
    assert len(paths) >= (2 if role == "client" else 15)
    grower = Grower(shop.engine, PEOPLE if role == "client" else ())
    for path in paths:
        browser.get(path, expect_errors=True)
    asked = {path: [questions(count_queries, shop, browser, path)] for path in paths}
    for first, last in SIZES:
        grower.grow(first, last)
        for path in paths:
            asked[path].append(questions(count_queries, shop, browser, path))
    counts = {path: [len(one) for one in found] for path, found in asked.items()}
    wrong = {path: found for path, found in counts.items() if len(set(found)) != 1 or found[0] > MOST}
    assert wrong == {}, f"EZ_LISTS_TURN={TURN}"
