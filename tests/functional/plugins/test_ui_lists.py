"""Columns, filters and finds that plugins add for staff: asked once for all rows, and never in a list's way."""

from __future__ import annotations

import pytest

from ezcore.plugin_api.ui import Badge, Column, Filter, SearchHit
from ezcore.services.services.models import Service

LISTS = ("services", "clients", "invoices", "domains")


def column(context):
    if not context.slot.endswith(".columns"):
        return []
    cells = {row.id: Badge(f"seen {row.id} <i>", "ok") for row in context.rows if row.id != 2}
    return [Column("said", "Said", cells), Column("plain", "Plain", {})]


def choice(slot, **chosen):
    """A filter of one list."""

    def give(context):
        held = chosen if context.chosen == "odd" else {}
        return [Filter("odd", "Odd <i>", **held), Filter("even", "Even")] if context.slot == slot else []

    return give


def rows_of(page):
    return [row.get_text(" ", strip=True) for row in page.html.select("tbody tr")]


def test_a_column_is_asked_once_with_all_rows_of_the_page(guest):
    guest.give = column
    for name in ("services", "clients", "invoices"):
        guest.asked.clear()
        page = guest.open(f"/admin/{name}/")
        (asked,) = (one for one in guest.asked if one.slot == f"admin.{name}.columns")
        assert len(asked.rows) == len(rows_of(page)), name
        heads = [one.get_text(" ", strip=True) for one in page.html.select("thead th")]
        assert heads[-2:] == ["Said guest", "Plain guest"], "staff see who brought it"
        assert '<span class="badge is-ok">seen 1 &lt;i&gt;</span>' in page, "drawn by the core, escaped"
        assert all(len(row.select("th, td")) == len(heads) for row in page.html.select("tbody tr")), name


def test_a_column_costs_the_same_questions_for_few_and_many_rows(guest, shop, count_queries):
    guest.give = column
    guest.open("/admin/services/")
    with count_queries(shop.engine) as few:
        guest.open("/admin/services/")
    with shop.work.write() as uow:
        like = uow.session.get_one(Service, 1)
        for number in range(30):
            uow.session.add(
                Service(
                    reference=f"r{number}", client_id=like.client_id, product_id=like.product_id, label="x",
                    currency="EUR", price_minor=1, cycle_name="1 year", anchor_day=2, created_at=uow.now(),
                )
            )  # fmt: skip
    with count_queries(shop.engine) as many:
        page = guest.open("/admin/services/")
    assert len(rows_of(page)) == 25
    kept = [[one for one in asked if "plugin_state" not in one] for asked in (few, many)]
    assert len(kept[0]) == len(kept[1]) <= 12


def test_a_filter_leaves_the_rows_that_the_plugin_names(guest):
    for name, names in (("services", {}), ("invoices", {"names": frozenset({"2026-00002"})})):
        guest.give = choice(f"admin.{name}.filters", ids=frozenset({1}), **names)
        page = guest.open(f"/admin/{name}/")
        assert len(rows_of(page)) == 2
        shown = page.click("Odd", href="plugin=guest.odd")
        assert len(rows_of(shown)) == 1 + len(names), name
        assert "?plugin=guest.odd" not in [one["href"] for one in shown.html.select("nav.tabs a")], (
            "it is taken off"
        )
        assert len(rows_of(shown.click("Odd"))) == 2
        assert not rows_of(guest.open(f"/admin/{name}/?plugin=guest.even")), "none is none, not all"


def test_a_filter_of_clients_holds_for_the_file_too(guest, as_client):
    as_client("ben@client.example", "Ben")
    guest.give = choice("admin.clients.filters", names=frozenset({"ben@client.example"}))
    page = guest.open("/admin/clients/").click("Odd")
    assert len(rows_of(page)) == 1
    file = page.click("CSV")
    assert "ben@client.example" in file
    assert "ann@client.example" not in file


def test_a_filter_that_is_gone_shows_nothing_and_says_so(guest):
    for name in LISTS:
        page = guest.open(f"/admin/{name}/?plugin=guest.odd")
        assert not rows_of(page), name
        assert "it has no such filter now, so nothing is shown" in page, name


HOSTILE = {
    "raises": lambda context: 1 / 0,
    "ids that are SQL": lambda context: [Filter("odd", "x", frozenset({"1 or 1=1"}))],
    "a million ids": lambda context: [Filter("odd", "x", frozenset(range(1, 1_000_000)))],
    "a list of ids": lambda context: [Filter("odd", "x", [1])],
    "cells without end": lambda context: [Column("a", "x", dict.fromkeys(range(1, 10_000), "y"))],
    "cells by name": lambda context: [Column("a", "x", {"1": "y"})],
    "cells of objects": lambda context: [Column("a", "x", {1: object()})],
    "a loud badge": lambda context: [Column("a", "x", {1: Badge("y", "blinking")})],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_gives_the_list_stays(guest, name):
    guest.give = HOSTILE[name]
    page = guest.open("/admin/services/")
    assert len(rows_of(page)) == 2
    assert "Something of the plugin <strong>guest</strong> is missing here" in page
    assert not rows_of(guest.open("/admin/services/?plugin=guest.odd")), "and no filter lets more through"


def test_the_search_shows_what_plugins_found_below_our_own(guest):
    guest.give = lambda context: (
        [SearchHit("one", f"Zone of {context.search} <i>", "https://vendor.example/7", "as it is there")]
        if context.slot == "admin.search"
        else []
    )
    page = guest.open("/admin/search/?q=ann")
    heads = [one.get_text(strip=True) for one in page.html.select("main h2")]
    assert heads[0] == "Clients"
    assert heads[-1] == "Guest"
    assert "Zone of ann &lt;i&gt;" in page
    assert 'href="https://vendor.example/7"' in page
    assert "Nothing is called that" not in guest.open("/admin/search/?q=nothing+of+ours")


def test_a_search_for_one_kind_or_a_known_number_asks_no_plugin(guest):
    guest.open("/admin/search/?q=client:ann")
    guest.open("/admin/search/?q=2026-00001", status=303)
    guest.open("/admin/search/?q=")
    assert "admin.search" not in {one.slot for one in guest.asked}


@pytest.mark.parametrize(
    "give",
    [
        lambda context: [SearchHit("a", "x", "javascript:alert(1)")],
        lambda context: [SearchHit(f"a{n}", "x", "/") for n in range(500)],
        lambda context: 1 / 0,
    ],
)
def test_a_search_that_goes_wrong_leaves_ours(guest, give):
    guest.give = give
    page = guest.open("/admin/search/?q=an")
    assert "Ann" in page
    assert "Something of the plugin <strong>guest</strong> is missing here" in page


def test_a_role_that_lacks_the_permission_is_not_shown_what_wants_it(guest, shop, as_staff):
    guest.give = column
    brought = shop.host._registered._brought["guest"]["ez_register_ui"]
    for one in brought:
        object.__setattr__(one, "permission", "billing.manage")
    assert "Said" in guest.open("/admin/services/")
    support = as_staff("mari@staff.example", "support")
    assert "Said" not in support.get("/admin/services/")
