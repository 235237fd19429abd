"""Pages of the admin area are whole, find their records by address, and ask the database no more for more rows."""

from __future__ import annotations

import pytest

LISTS = (
    "/admin/orders/", "/admin/services/", "/admin/invoices/", "/admin/transactions/", "/admin/jobs/",
    "/admin/webhooks/", "/admin/mails/", "/admin/audit/", "/admin/clients/",
)  # fmt: skip
PAGES = (
    *LISTS, "/admin/", "/admin/orders/1/", "/admin/services/1/", "/admin/services/1/terminate/",
    "/admin/services/1/create/", "/admin/invoices/2026-00001/", "/admin/jobs/1/", "/admin/automation/",
    "/admin/automation/renewals/", "/admin/ledger/", "/admin/ledger/balance/",
    "/admin/plugins/", "/admin/plugins/banktransfer/",
    "/admin/search/", "/admin/search/?q=ann", "/admin/search/?q=ip:192.0.2.1", "/admin/clients/1/",
    *(f"/admin/clients/1/{part}/" for part in ("services", "invoices", "transactions", "mails", "log")),
    "/admin/clients/1/edit/", "/admin/clients/1/close/", "/admin/clients/new/", "/admin/staff/", "/admin/roles/",
    "/admin/clients/?owes=yes&name=ann&country=EE&sort=name", "/admin/products/new/",
)  # fmt: skip
NOWHERE = (
    "/admin/orders/99/", "/admin/services/99/", "/admin/services/0/", "/admin/services/1e3/", "/admin/jobs/99/",
    "/admin/jobs/9999999999999999999/", "/admin/invoices/2026-99999/", "/admin/automation/nothing/",
    "/admin/plugins/nothing/", "/admin/services/1/explode/", "/admin/jobs/' OR 1=1--/",
)  # fmt: skip
ODD = (
    "page=0",
    "page=-1",
    "page=99999",
    "page=abc",
    "state=%27--",
    "status=x",
    "object=x",
    "id=" + "9" * 300,
)


def flaws(page):
    """What is wrong with the markup of a page of staff."""
    found = page.html
    checks = {
        "one h1": len(found.select("h1")) == 1,
        "no inline style or script": not found.select("[style], style, script:not([src])"),
        "captions": not [table for table in found.select("table") if table.caption is None],
        "scopes": not [cell for cell in found.select("th") if not cell.get("scope")],
        "no error": not found.select(".summary-error"),
        "no id twice": len(ids := [tag["id"] for tag in found.select("[id]")]) == len(set(ids)),
    }
    return [name for name, well in checks.items() if not well]


def test_every_page_of_staff_is_whole(staff, paid):
    assert {path: wrong for path in PAGES if (wrong := flaws(staff.get(path, status=200)))} == {}


def test_an_empty_list_says_so(staff):
    silent = [path for path in LISTS if not staff.get(path, status=200).html.select(".empty h2")]
    # Opening the shop left its trail; everything else is empty on the first day.
    assert silent == ["/admin/audit/"]


def test_what_is_not_there_is_not_found(staff, paid):
    assert {path: staff.get(path, expect_errors=True).status_int for path in NOWHERE} == dict.fromkeys(
        NOWHERE, 404
    )


def test_an_odd_filter_or_page_shows_the_nearest_list(staff, paid):
    asked = [f"{path}?{query}" for path in LISTS for query in ODD]
    assert [url for url in asked if staff.get(url, expect_errors=True).status_int != 200] == []


def test_a_list_breaks_after_twenty_five_rows_and_keeps_its_filter(staff, office):
    for number in range(27):
        office.queued_job(f"many-{number}")
    first = staff.get("/admin/jobs/?state=queued")
    assert len(first.html.select("tbody tr")) == 25
    second = first.click("Next")
    assert len(second.html.select("tbody tr")) == 2
    assert "state=queued" in second.request.url


@pytest.mark.parametrize("path", ["/admin/jobs/", "/admin/audit/", "/admin/"])
def test_more_rows_ask_no_more_of_the_database(shop, staff, office, count_queries, path):
    office.failing_job("few")
    staff.get(path)  # the state of the plugins is kept for some seconds
    with count_queries(shop.engine) as few:
        staff.get(path)
    for number in range(12):
        office.failing_job(f"many-{number}", f"cause {number}")
    with count_queries(shop.engine) as many:
        staff.get(path)
    assert len(many) <= len(few)


def test_a_row_names_the_product_and_which_one(staff, paid):
    row = staff.get("/admin/services/").html.select_one("tbody th")
    assert row.a["href"] == "/admin/services/1/"
    assert "Web Pro" in row.get_text()


def test_hostile_text_of_a_client_is_only_text(staff, as_client):
    as_client(email="eve@client.example", name="<script>alert(1)</script>")
    page = staff.get("/admin/audit/")
    assert "<script>alert(1)" not in page.text


def test_staff_who_may_not_see_mail_do_not_find_it_in_the_menu_as_an_open_door(as_client, paid):
    assert as_client(email="ben@client.example").get("/admin/mails/", status=403)
