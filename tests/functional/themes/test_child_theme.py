"""A child theme in a folder outside the repository: one CSS file, one slot, one page; what it breaks is mended."""

from __future__ import annotations

import logging

import pytest

from ezcore.billing.documents.typesetter import BadDocumentTemplate, Typesetter
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.queries import body_of
from ezcore.settings import SettingsError
from ezcore.themes import operations as themes
from ezcore.themes.queries import chain_in_use
from tests.functional.themes.conftest import staff, visitor, words_of

BROKEN = {
    "syntax": '<html><p tal:condition="1 +">x</p></html>',
    "layout": "<html metal:use-macro=\"theme('layouts/ocean.pt').macros['page']\"/>",
    "name": "<html><p>${ocean_depth}</p></html>",
    "raises": "<html><p>${1 / 0}</p></html>",
}


def test_one_css_file_one_slot_and_one_page_are_enough(reef):
    browser = visitor(reef.open(active="reef"))

    home, about = browser.get("/pricing/"), browser.get("/about/")

    assert about.html.h1.string == "Our reef"
    assert (
        home.html.find("footer").get_text()
        == about.html.find("footer").get_text()
        == "The reef of EZ Solutions"
    )
    assert home.html.find(class_="topbar") is not None
    sheets = [link["href"] for link in home.html.find_all("link", rel="stylesheet")]
    assert [address.rsplit("/", 1)[1] for address in sheets] == ["app.css", "reef.css"]
    answer = browser.get(sheets[1])
    assert "--r2: 99px" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_page_falls_back_and_only_staff_are_told(reef, how, caplog):
    reef.write("reef/client/about.pt", BROKEN[how])
    made = reef.open(active="reef")
    browser = visitor(made)

    with caplog.at_level(logging.ERROR):
        seen = browser.get("/about/")

    assert seen.status_int == 200
    assert "does not work" not in seen.text
    assert seen.html.h1 is not None
    assert "The reef of EZ Solutions" in seen.text, "the rest of the theme stays"
    assert "theme reef: client/about.pt is not used on client/about.pt" in caplog.text
    kadri = staff(made, browser)
    assert "reef: client/about.pt does not work" in words_of(kadri.get("/about/"))
    assert "reef: client/about.pt" in words_of(kadri.get("/admin/themes/"))


def test_a_broken_layout_is_blamed_and_the_page_on_it_is_kept(reef):
    reef.write("reef/layouts/client.pt", BROKEN["syntax"])
    made = reef.open(active="reef")
    browser = visitor(made)

    page = browser.get("/about/")

    assert page.html.h1.string == "Our reef"
    assert page.html.find(class_="topbar") is not None
    assert "reef: layouts/client.pt does not work" in words_of(staff(made, browser).get("/about/"))


def test_a_broken_page_keeps_the_layout_that_was_loaded_after_it(reef):
    reef.write(
        "reef/client/about.pt",
        BROKEN["name"]
        .replace(
            "<html>",
            "<html metal:use-macro=\"theme('layouts/client.pt').macros['page']\"><metal:s fill-slot=\"main\">",
        )
        .replace("</html>", "</metal:s></html>"),
    )
    made = reef.open(active="reef")

    assert "The reef of EZ Solutions" in visitor(made).get("/about/").text


def test_a_fault_of_base_is_not_hidden_by_the_fallback(reef, monkeypatch):
    made = reef.open(active="reef")
    browser = visitor(made)
    monkeypatch.setattr("ezcore.web.shared.rendering.client_menu", lambda request: 1 / 0)

    answer = browser.get("/pricing/", status=500)

    assert "Something broke here" in answer.text


def test_a_healthy_page_is_drawn_once(reef, monkeypatch):
    made = reef.open(active="reef")
    browser = visitor(made)
    drawn = []
    monkeypatch.setattr("ezcore.web.shared.rendering.client_menu", lambda request: drawn.append(1) or [])

    browser.get("/about/")

    assert drawn == [1]


def test_a_broken_error_page_of_a_theme_falls_back_too(reef):
    reef.write("reef/layouts/error.pt", BROKEN["raises"])
    answer = visitor(reef.open(active="reef")).get("/nowhere/", status=404)
    assert "Nothing here" in answer.text
    assert 'class="brand"' in answer.text


def test_an_unknown_theme_in_the_ini_stops_the_start(shelf):
    with pytest.raises(SettingsError, match="there is no theme 'ocean'"):
        visitor(shelf.open(active="ocean"))


def test_a_published_theme_that_has_gone_missing_leaves_the_shop_in_base(reef):
    made = reef.open()
    with made.work.write(Actor("staff", name="Kadri", permissions=frozenset({"settings.manage"}))) as uow:
        themes.publish(uow, "reef")
    (reef.folder / "reef/theme.toml").unlink()
    again = reef.open()
    browser = visitor(again)

    assert "About" in browser.get("/about/").html.title.string
    assert "cannot be used" not in browser.get("/about/").text
    assert "reef cannot be used" in words_of(staff(again, browser).get("/admin/"))


def test_mails_come_from_the_chain_and_a_broken_one_from_its_parent(reef):
    reef.write("reef/mail/reset_password.txt", "Subject: From the reef\n\nHello {{ name }}, {{ link }}\n")
    made = reef.open(active="reef")
    values = {"name": "Ann", "link": "https://shop.example/x", "expires": "tomorrow"}

    def send(key):
        with made.work.write() as uow:
            mail = queue_mail(uow, "reset_password", "ann@client.example", values, key=key)
            return mail.subject, body_of(uow, mail)

    assert send("a")[0] == "From the reef"
    reef.write("reef/mail/reset_password.txt", "Subject: Broken\n\n{{ ocean }}\n")
    subject, body = send("b")
    assert subject != "Broken"
    assert "https://shop.example/x" in body


def test_documents_come_from_the_chain_of_the_theme_in_use(reef):
    reef.write("reef/pdf/invoice.typ", "#panic()\n")
    made = reef.open(active="reef")
    with made.work.read() as uow:
        chain = chain_in_use(uow)
    assert chain.find("pdf/invoice.typ")[0] == reef.folder / "reef"
    assert chain.parent is not None
    assert chain.parent.names == ("base",)
    assert issubclass(BadDocumentTemplate, Exception)
    assert Typesetter(chain.parent)


def test_nobody_without_the_permission_publishes(reef):
    made = reef.open()
    with pytest.raises(NotAllowed), made.work.write(Actor("staff", name="Ivo")) as uow:
        themes.publish(uow, "reef")
