"""Staff put the shop's logo there: tried alone, then in every header and on documents, and taken away again."""

from __future__ import annotations

import pytest
from webtest import Upload

from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.rendering import render
from ezcore.themes.chain import theme_chain
from ezcore.themes.finding import find_themes
from ezcore.themes.logo import logo_for_print
from tests.fixtures_pictures import png
from tests.functional.themes.conftest import staff, visitor, words_of
from tests.functional.themes.test_preview import form, trail
from tests.unit.billing.documents.made import document

TEAL, RED = png(60, 20), png(60, 20, (200, 0, 0))


@pytest.fixture
def made(shelf):
    return shelf.open()


@pytest.fixture
def browser(made):
    return visitor(made)


@pytest.fixture
def kadri(made, browser):
    return staff(made, browser)


def put(kadri, content, *, ending="", name="logo.png", status=303):
    fields = form(kadri.get("/admin/themes/"), "/logo/")
    fields.action = f"/admin/themes/logo/{ending}"
    fields["logo"] = Upload(name, content, "application/octet-stream")
    return fields.submit(status=status)


def logo_of(browser, path="/about/"):
    """The picture in the header: its address and what it is called; None where the mark of the theme is."""
    found = browser.get(path).html.find("a", class_="brand").find("img")
    return (found["src"], found["alt"]) if found else None


def test_a_logo_stands_in_every_header_under_the_name_of_the_shop(made, kadri, browser):
    assert logo_of(browser) is None

    put(kadri, TEAL)

    address, name = logo_of(browser)
    assert name == made.work.settings.shop.name
    assert logo_of(kadri, "/admin/") == (address, name)
    assert browser.get("/nowhere/", status=404).html.find("a", class_="brand").img["src"] == address
    answer = browser.get(address)
    assert (answer.body, answer.content_type) == (TEAL, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    (row,) = trail(made, "theme.logo")
    assert row.before == {"logo": ""}
    assert row.after["logo"].endswith(".png")


def test_another_picture_has_another_address(kadri, browser):
    put(kadri, TEAL)
    first = logo_of(browser)
    put(kadri, RED)
    assert logo_of(browser) != first
    assert browser.get(logo_of(browser)[0]).body == RED


def test_a_logo_is_tried_by_one_and_published_from_the_bar(kadri, browser):
    put(kadri, TEAL, ending="try/")
    assert logo_of(browser) is None
    address, _ = logo_of(kadri)
    assert kadri.get(address).body == TEAL

    form(kadri.get("/about/"), "/publish/").submit(status=303)

    assert browser.get(logo_of(browser)[0]).body == TEAL


def test_it_is_taken_away_again(made, kadri, browser):
    put(kadri, TEAL)
    fields = form(kadri.get("/admin/themes/"), "/logo/")
    fields.action = "/admin/themes/logo/remove/"
    fields.submit(status=303)
    assert logo_of(browser) is None
    assert trail(made, "theme.logo")[-1].after == {"logo": ""}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload='alert(1)'/>", "This is no PNG, JPEG or WebP picture"),
        (TEAL[:-4], "This picture is cut off or broken"),
        (TEAL + b"\0" * 210_000, "This picture is larger than 200 kB"),
    ],
)
def test_what_is_no_logo_is_refused_at_its_field(kadri, browser, content, words):
    for ending in ("", "try/"):
        page = put(kadri, content, ending=ending, status=422)
        assert words in page.html.find(id="logo-error").get_text()
        assert page.html.find(id="logo")["aria-invalid"] == "true"
    assert logo_of(browser) is None


def test_no_picture_at_all_is_refused_with_a_sentence(kadri):
    answer = form(kadri.get("/admin/themes/"), "/logo/").submit(status=422)
    assert "Choose a picture" in answer.html.find(id="errors").get_text()


def test_a_name_that_was_made_up_is_no_logo(kadri, browser):
    token = form(kadri.get("/admin/themes/"), "/brand/")["csrf_token"].value
    for name in ("../../secret", "f" * 64 + ".png", "logo.svg"):
        values = {"theme": "base", "logo": name, "csrf_token": token}
        assert "not here any more" in words_of(kadri.post("/admin/themes/publish/", values, status=422))
    assert logo_of(browser) is None


def test_a_logo_that_the_store_lost_leaves_the_shop_with_its_mark(made, kadri, shelf):
    put(kadri, TEAL)
    for file in (made.work.settings.state_dir / "files/logos").rglob("*.png"):
        file.unlink()
    assert logo_of(visitor(shelf.open())) is None
    with made.work.read() as uow:
        assert logo_for_print(uow) == ""


def test_documents_print_it(made, kadri):
    chain = theme_chain("base", find_themes())
    plain = render(document(), FileFormat.PDF, chain)
    put(kadri, TEAL)
    with made.work.read() as uow:
        logo = logo_for_print(uow)
    printed = render(document(), FileFormat.PDF, chain, logo)
    assert b"/Subtype /Image" in printed or b"/Subtype/Image" in printed
    assert b"/Subtype/Image" not in plain.replace(b"/Subtype /Image", b"/Subtype/Image")
    assert printed == render(document(), FileFormat.PDF, chain, logo)


def test_a_logo_that_cannot_be_printed_costs_no_invoice(caplog):
    chain = theme_chain("base", find_themes())
    assert render(document(), FileFormat.PDF, chain, "<svg") == render(document(), FileFormat.PDF, chain)
    assert "the logo is not printed" in caplog.text
