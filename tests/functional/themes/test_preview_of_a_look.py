"""A colour, corners and a typeface are seen by the one who tries them, before everybody else does."""

from __future__ import annotations

import pytest

from tests.functional.themes.conftest import staff, visitor, words_of
from tests.functional.themes.test_preview import form, preview, trail


@pytest.fixture
def made(reef):
    return reef.open()


@pytest.fixture
def browser(made):
    return visitor(made)


@pytest.fixture
def kadri(made, browser):
    return staff(made, browser)


def tokens_of(browser):
    """The stylesheet of what this browser's pages differ in from base; empty when they do not."""
    links = browser.get("/about/").html.find_all("link", rel="stylesheet")
    own = [link["href"] for link in links if link["href"].endswith("/theme/tokens.css")]
    return browser.get(own[0]).text if own else ""


def try_on(kadri, status=303, **look):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    for name, value in look.items():
        fields[name] = value
    fields.action = "/admin/themes/try/"
    return fields.submit(status=status)


def test_a_look_is_tried_by_one_and_seen_by_nobody_else(kadri, browser, made):
    other = staff(made, browser, email="ivo@staff.example")

    page = try_on(kadri, brand="#0F766E", corners="square", font="serif").follow()

    assert "Only you see this appearance" in words_of(page)
    mine = tokens_of(kadri)
    assert "--r2:2px;" in mine
    assert "--font:Charter," in mine
    assert "--brand:light-dark(" in mine
    assert tokens_of(browser) == tokens_of(other) == ""
    assert trail(made, "theme.brand") == []
    fields = form(page, "/brand/")
    assert (fields["brand"].value, fields["corners"].value) == ("#0f766e", "square"), "one goes on from there"


def test_the_bar_publishes_what_was_tried_and_only_that(kadri, browser, made):
    try_on(kadri, brand="#0f766e")

    form(kadri.get("/about/"), "/publish/").submit(status=303)

    assert "--brand:light-dark(" in tokens_of(browser)
    assert "Only you see" not in words_of(kadri.get("/about/"))
    assert trail(made, "theme.brand")[0].after == {"brand": "#0f766e"}
    assert trail(made, "theme.publish") == trail(made, "theme.corners") == []


def test_a_theme_and_a_look_are_tried_together_and_published_at_once(kadri, browser, made):
    try_on(kadri, corners="square")
    preview(kadri)
    assert kadri.get("/about/").html.h1.string == "Our reef"
    assert "--r2:2px;" in tokens_of(kadri)

    form(kadri.get("/about/"), "/publish/").submit(status=303)

    assert browser.get("/about/").html.h1.string == "Our reef"
    assert "--r2:2px;" in tokens_of(browser)


def test_to_try_what_is_worn_ends_the_preview(kadri):
    try_on(kadri, corners="square")
    page = try_on(kadri, corners="").follow()
    assert "Only you see" not in words_of(page)
    assert tokens_of(kadri) == ""


def test_a_published_colour_can_be_tried_away(kadri, browser):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    fields["brand"] = "#0f766e"
    fields.submit(status=303)
    try_on(kadri, brand="")
    assert tokens_of(kadri) == ""
    assert tokens_of(browser) != ""
    form(kadri.get("/about/"), "/publish/").submit(status=303)
    assert tokens_of(browser) == ""


def test_a_colour_that_is_none_is_refused_before_anybody_sees_it(kadri):
    answer = try_on(kadri, status=422, brand="sunny")
    assert "such as #0f766e" in answer.html.find(id="errors").get_text()
    assert "Only you see" not in words_of(kadri.get("/about/"))


def test_what_the_ini_decides_is_not_tried_either(reef):
    kadri = staff(reef.open(brand="#0f766e"))
    page = kadri.get("/admin/themes/")
    token = form(page, "/brand/")["csrf_token"].value
    kadri.post("/admin/themes/try/", {"brand": "#aa0000", "csrf_token": token}, status=303)
    assert "Only you see" not in words_of(kadri.get("/about/"))


def test_trying_many_colours_does_not_keep_them_all(kadri, made):
    wardrobe = kadri.app.registry["ez.wardrobe"]
    now = wardrobe.worn()
    wardrobe.get(now)
    for number in range(60):
        wardrobe.get(now._replace(brand=f"#0f76{number:02x}"))
    assert len(wardrobe._made) <= 32
    assert now in wardrobe._made, "what everybody sees stays made"
