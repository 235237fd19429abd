"""Lists: every page and order is a link, and no address breaks them (row B012)."""

from __future__ import annotations

import pytest

from ezcore.web.shared.paging import Paging

MACROS = "/plugins/demo/macros/"


def test_the_pager_says_where_we_are_and_leads_to_the_neighbours(app):
    page = app.get(f"{MACROS}?page=3&state=open&evil=1").html
    pager = page.find(class_="pager")

    assert pager.find(role="status").string == "51 to 75 of 730"
    assert pager.find(attrs={"aria-current": "page"}).string == "3"
    links = {a.get("rel", [""])[0]: a["href"] for a in pager.find_all("a")}
    assert links["prev"] == f"{MACROS}?state=open&page=2"
    assert links["next"] == f"{MACROS}?state=open&page=4"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("-1", 1),
        ("0", 1),
        ("1000000000", 1),
        ("99999", 30),
        ("1e3", 1),
        ("\uff11", 1),
        ("", 1),
        ("2;drop", 1),
    ],
)
def test_a_page_that_is_none_is_the_nearest_one(app, page, shown):
    answer = app.get(MACROS, {"page": page})

    assert answer.html.find(class_="pager").find(attrs={"aria-current": "page"}).string == str(shown)


def test_a_heading_sorts_and_turns_round(app):
    page = app.get(f"{MACROS}?sort=name").html
    name, size = page.find_all("th")

    assert (name["aria-sort"], size.get("aria-sort")) == ("ascending", None)
    assert (name.a["href"], size.a["href"]) == (f"{MACROS}?sort=-name", f"{MACROS}?sort=size")


@pytest.mark.parametrize("sort", ["password_hash", "id desc;--", "--name", ""])
def test_an_order_that_nobody_offered_is_400(app, sort):
    app.get(MACROS, {"sort": sort}, status=400)


def test_an_empty_list_has_one_page_and_no_pager():
    empty = Paging(1, 0)

    assert (empty.pages, empty.offset, empty.words) == (1, 0, "None")


def test_left_out_pages_are_marked():
    assert Paging(8, 730).shown == [1, None, 6, 7, 8, 9, 10, None, 30]


def test_the_other_macros_print_names_for_those_who_do_not_see(app):
    page = app.get(MACROS).html

    assert [bar["aria-label"] for bar in page.find_all("progress")] == ["Setup", "Busy"]
    assert page.find_all("progress")[1].get("value") is None
    assert page.find("nav", class_="tabs")["aria-label"] == "Kinds"
    assert page.find(class_="notice")["role"] == "alert"
    assert [time.name for time in page.find(class_="timeline").find_all("time")] == ["time", "time"]
    assert len(page.find_all("h1")) == 1
