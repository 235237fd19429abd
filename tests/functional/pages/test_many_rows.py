"""However long a list is, its page asks the database the same number of questions: at 1, 25 and 100 rows, at most 12,
and stays below 40 kB, because it is divided into pages.

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
HEAVIEST = 40_000
A_FEW_ROWS = 500
# Forms, settings, figures and what a release or a theme has a fixed number of; a full log; what a person has one of.
NO_LIST = {
    "/account/notifications/",
    "/account/people/",
    "/account/privacy/",
    "/account/profile/",
    "/admin/audit/",
    "/admin/automation/",
    "/admin/clients/new/",
    "/admin/content/announcements/new/",
    "/admin/content/pages/",
    "/admin/health/",
    "/admin/jobs/again/",
    "/admin/jobs/providers/",
    "/admin/keyboard/",
    "/admin/ledger/balance/",
    "/admin/mail-texts/",
    "/admin/notice-rules/new/",
    "/admin/plugins/",
    "/admin/reports/",
    "/admin/reports/ageing/",
    "/admin/reports/churn/",
    "/admin/reports/movement/",
    "/admin/reports/products/",
    "/admin/reports/revenue/",
    "/admin/reports/tax/",
    "/admin/search/",
    "/admin/settings/",
    "/admin/settings/change/",
    "/admin/taxes/clients/",
    "/admin/taxes/new/",
    "/admin/taxes/preview/",
    "/admin/themes/",
    "/admin/tlds/new/",
    "/admin/views/",
    "/admin/views/new/",
    "/billing/credit/",
    "/billing/portal/",
}
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
    before = {path: browser.get(path, expect_errors=True).body for path in paths}
    asked = {path: [questions(count_queries, shop, browser, path)] for path in paths}
    for first, last in SIZES:
        grower.grow(first, last)
        for path in paths:
            asked[path].append(questions(count_queries, shop, browser, path))
    counts = {path: [len(one) for one in found] for path, found in asked.items()}
    wrong = {path: found for path, found in counts.items() if len(set(found)) != 1 or found[0] > MOST}
    assert wrong == {}, f"EZ_LISTS_TURN={TURN}"
    after = {path: browser.get(path, expect_errors=True).body for path in paths}
    heavy = {path: len(body) for path, body in after.items() if len(body) > HEAVIEST}
    assert heavy == {}, f"EZ_LISTS_TURN={TURN}"
    same = {path for path in paths if len(after[path]) - len(before[path]) < A_FEW_ROWS}
    assert same == same & NO_LIST, f"these pages did not grow; EZ_LISTS_TURN={TURN}"
