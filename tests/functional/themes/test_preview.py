"""Staff look at another theme alone, publish it for everybody, and choose the shop's colour."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.settings.themes import Themes
from ezcore.themes.colour import TEXT, contrast
from ezcore.themes.shape import CORNERS, FONTS
from tests.functional.themes.conftest import staff, visitor, words_of


@pytest.fixture
def made(reef):
    return reef.open()


@pytest.fixture
def browser(made):
    return visitor(made)


@pytest.fixture
def kadri(made, browser):
    return staff(made, browser)


def form(page, ending, theme=None):
    return next(
        one for one in page.forms.values()
        if one.action.endswith(ending) and (theme is None or one["theme"].value == theme)
    )  # fmt: skip


def preview(kadri, theme="reef"):
    return form(kadri.get("/admin/themes/"), "/preview/", theme).submit(status=303).follow()


def trail(made, verb):
    with made.work.read() as uow:
        return list(uow.session.scalars(select(AuditRow).where(AuditRow.verb == verb)))


def test_a_preview_is_seen_by_the_one_who_looks_and_says_so(kadri, browser):
    preview(kadri)

    page = kadri.get("/about/")

    assert page.html.h1.string == "Our reef"
    assert "Only you see the theme reef" in words_of(page)
    assert "Our reef" not in browser.get("/about/").text
    for link in page.html.find_all("link", rel="stylesheet"):
        assert "immutable" in kadri.get(link["href"]).headers["Cache-Control"]


def test_a_preview_is_stopped_from_any_page(kadri):
    preview(kadri)
    form(kadri.get("/about/"), "/stop/").submit(status=303)
    assert "Our reef" not in kadri.get("/about/").text
    assert "Only you see" not in kadri.get("/about/").text


def test_publishing_from_the_banner_dresses_everybody_and_is_audited(kadri, browser, made):
    preview(kadri)
    form(kadri.get("/about/"), "/publish/").submit(status=303)

    assert browser.get("/about/").html.h1.string == "Our reef"
    assert "Only you see" not in kadri.get("/about/").text
    (row,) = trail(made, "theme.publish")
    assert (row.object_id, row.before, row.after) == ("themes.active", {"active": "base"}, {"active": "reef"})


def test_a_second_process_follows(kadri, made, reef):
    preview(kadri)
    form(kadri.get("/about/"), "/publish/").submit(status=303)
    assert visitor(reef.open()).get("/about/").html.h1.string == "Our reef"


def test_the_cookie_of_a_preview_is_worth_nothing_to_anybody_else(kadri, browser, made):
    preview(kadri)
    stolen = kadri.cookies["ez_theme"]
    other = staff(made, browser, email="ivo@staff.example")
    for thief in (browser, other):
        thief.set_cookie("ez_theme", stolen)
        assert "Our reef" not in thief.get("/about/").text
    browser.set_cookie("ez_theme", "reef")
    assert "Our reef" not in browser.get("/about/").text


def test_the_faults_of_a_previewed_theme_are_shown_with_it(reef, kadri, browser):
    reef.write("reef/client/about.pt", "<html>${ocean}</html>")
    preview(kadri)
    shown = words_of(kadri.get("/about/"))
    assert "reef: client/about.pt does not work" in shown
    assert "Only you see the theme reef" in shown


def test_what_the_ini_decides_is_not_published(reef):
    made = reef.open(active="base")
    kadri = staff(made)
    page = kadri.get("/admin/themes/")
    assert "The ini or the environment decides the theme" in words_of(page)
    token = form(page, "/brand/")["csrf_token"].value
    answer = kadri.post("/admin/themes/publish/", {"theme": "reef", "csrf_token": token}, status=409)
    assert "ez.themes.active in the ini" in words_of(answer)


def test_an_unknown_theme_is_refused_with_a_sentence(kadri):
    token = form(kadri.get("/admin/themes/"), "/brand/")["csrf_token"].value
    for verb in ("preview", "publish"):
        answer = kadri.post(f"/admin/themes/{verb}/", {"theme": "ocean", "csrf_token": token}, status=422)
        assert "there is no theme" in words_of(answer)


def test_a_broken_theme_stands_on_the_page_with_its_field(reef, kadri):
    reef.write("kelp/theme.toml", 'name = "kelp"\nbrand = "green"\n')
    assert "theme.toml: brand: is a colour such as #0f766e" in words_of(kadri.get("/admin/themes/"))


def test_one_colour_becomes_pairs_that_can_be_read_in_a_stylesheet_that_caches_for_ever(kadri, browser, made):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    fields["brand"] = "#ffcc00"
    fields.submit(status=303)

    page = browser.get("/about/")
    sheets = [link["href"] for link in page.html.find_all("link", rel="stylesheet")]
    tokens = next(address for address in sheets if address.endswith("/theme/tokens.css"))
    answer = browser.get(tokens)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content_type == "text/css"
    light = answer.text.split("--brand:light-dark(", 1)[1][:7]
    assert contrast(light, "#ffffff") >= TEXT
    assert trail(made, "theme.brand")[0].after == {"brand": "#ffcc00"}


def test_a_colour_that_is_none_is_refused_at_its_field_and_kept_as_typed(kadri):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    fields["brand"] = "sunny"
    answer = fields.submit(status=422)
    assert form(answer, "/brand/")["brand"].value == "sunny"
    assert "such as #0f766e" in answer.html.find(id="errors").get_text()


def test_base_without_a_colour_links_nothing_more(browser):
    sheets = browser.get("/about/").html.find_all("link", rel="stylesheet")
    assert [link["href"].rsplit("/", 1)[1] for link in sheets] == ["app.css"]


def test_harbour_changes_tokens_and_the_footer_only(kadri):
    preview(kadri, "harbour")
    page = kadri.get("/pricing/")
    assert [link["href"].rsplit("/", 1)[1] for link in page.html.find_all("link", rel="stylesheet")] == [
        "app.css", "tokens.css",
    ]  # fmt: skip
    assert "Support" in page.html.find("footer").get_text()


def test_corners_and_type_are_chosen_by_name_and_win_over_the_theme(kadri, browser, made):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    fields["corners"], fields["font"] = "square", "serif"
    fields.submit(status=303)

    sheets = [link["href"] for link in browser.get("/about/").html.find_all("link", rel="stylesheet")]
    tokens = browser.get(next(address for address in sheets if address.endswith("/theme/tokens.css"))).text
    assert "--r2:2px;" in tokens
    assert "--font:Charter," in tokens
    assert trail(made, "theme.corners")[0].after == {"corners": "square"}
    again = form(kadri.get("/admin/themes/"), "/brand/")
    assert (again["corners"].value, again["font"].value) == ("square", "serif")


def test_a_type_that_nobody_offers_is_refused_at_its_field(kadri):
    fields = form(kadri.get("/admin/themes/"), "/brand/")
    fields["font"].force_value("comic; } body { display: none")
    answer = fields.submit(status=422)
    assert answer.html.find(id="font-error") is not None
    assert form(answer, "/brand/")["font"].value == ""


def test_the_ini_knows_the_same_corners_and_types_as_the_page():
    assert set(Themes.model_fields["corners"].annotation.__args__) == {"", *CORNERS}
    assert set(Themes.model_fields["font"].annotation.__args__) == {"", *FONTS}
