"""Each publishing is kept: who, when, what. One click lets everybody see a former look again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.themes.models import ThemeVersion
from tests.functional.themes.conftest import staff, visitor, words_of
from tests.functional.themes.test_logo import TEAL, logo_of, put
from tests.functional.themes.test_preview import form, preview, trail
from tests.functional.themes.test_preview_of_a_look import tokens_of


@pytest.fixture
def made(reef):
    return reef.open()


@pytest.fixture
def browser(made):
    return visitor(made)


@pytest.fixture
def kadri(made, browser):
    return staff(made, browser)


def publish(kadri, **look):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    for name, value in look.items():
        fields[name] = value
    return fields.submit(status=303)


def listed(kadri):
    """The lines of the list, newest first."""
    section = kadri.get("/admin/themes/").html.find(attrs={"aria-labelledby": "versions"})
    return [" ".join(one.get_text(" ").split()) for one in section.find_all("li")] if section else []


def go_back(kadri, place):
    """To the one at this place of the list."""
    row = kadri.get("/admin/themes/").html.find(attrs={"aria-labelledby": "versions"}).find_all("li")[place]
    return form(kadri.get("/admin/themes/"), row.form["action"]).submit(status=303)


def test_nothing_is_listed_before_anything_was_published(kadri):
    assert listed(kadri) == []


def test_who_published_what_and_when_is_listed_with_what_was_there_before(kadri):
    publish(kadri, brand="#0f766e", corners="square")

    newest, first = listed(kadri)

    assert newest.startswith("base, #0f766e, Square")
    assert "2026, " in newest
    assert "Kadri" in newest
    assert newest.endswith("Active")
    assert first.startswith("base Before the first change")
    assert "Go back to this" in first


def test_a_former_look_is_worn_again_by_everybody_with_one_click(kadri, browser, made):
    publish(kadri, brand="#0f766e", corners="square")
    put(kadri, TEAL)
    then = tokens_of(browser)
    preview(kadri)
    form(kadri.get("/about/"), "/publish/").submit(status=303)
    publish(kadri, brand="#aa0000", corners="")
    fields = form(kadri.get("/admin/themes/"), "/logo/")
    fields.action = "/admin/themes/logo/remove/"
    fields.submit(status=303)
    assert logo_of(browser) is None

    go_back(kadri, 3)

    assert tokens_of(browser) == then
    assert browser.get(logo_of(browser)[0]).body == TEAL
    assert browser.get("/about/").html.h1.string != "Our reef"
    assert trail(made, "theme.publish")[-1].after == {"active": "base"}
    assert "Active" in listed(kadri)[0], "going back is a publishing, too"


def test_saving_what_is_worn_makes_no_version(kadri, made):
    publish(kadri, brand="#0f766e")
    publish(kadri, brand="#0f766e")
    with made.work.read() as uow:
        assert len(uow.session.scalars(select(ThemeVersion)).all()) == 2


def test_what_the_ini_decides_by_now_stays_when_one_goes_back(kadri, reef):
    publish(kadri, brand="#0f766e", corners="square")
    publish(kadri, brand="#aa0000", corners="")
    later = reef.open(brand="#00aa00")
    ivo = staff(later, email="ivo@staff.example")

    go_back(ivo, 1)

    now = ivo.app.registry["ez.wardrobe"].worn()
    assert (now.brand, now.corners) == ("#00aa00", "square")


def test_a_theme_that_is_gone_is_refused_with_a_sentence(kadri, reef):
    preview(kadri)
    form(kadri.get("/about/"), "/publish/").submit(status=303)
    token = form(kadri.get("/admin/themes/"), "/brand/")["csrf_token"].value
    kadri.post("/admin/themes/publish/", {"theme": "base", "csrf_token": token}, status=303)
    (reef.folder / "reef/theme.toml").unlink()
    ivo = staff(reef.open(), email="ivo@staff.example")
    row = ivo.get("/admin/themes/").html.find(attrs={"aria-labelledby": "versions"}).find_all("li")[1]
    answer = form(ivo.get("/admin/themes/"), row.form["action"]).submit(status=422)
    assert "there is no theme" in words_of(answer).lower()


def test_a_version_that_never_was_is_not_found(kadri):
    token = form(kadri.get("/admin/themes/"), "/brand/")["csrf_token"].value
    kadri.post("/admin/themes/versions/999/", {"csrf_token": token}, status=404)
