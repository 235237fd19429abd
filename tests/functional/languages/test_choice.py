"""Which language a page is in, and who decides it."""

from __future__ import annotations

from ezcore.accounts.models import Client
from ezcore.messaging.models import Mail


def test_a_visitor_is_answered_in_what_the_browser_asks_for(new_browser):
    page = new_browser().get("/accounts/login/", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert page.html.html["lang"] == "de"
    assert page.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(page.vary)


def test_the_menu_of_the_footer_changes_the_language_without_a_login_and_without_javascript(new_browser):
    visitor = new_browser()
    page = visitor.get("/accounts/login/?next=/dashboard/")
    assert page.html.html["lang"] == "en"
    link = page.html.select_one("footer a[hreflang=de]")
    chosen = visitor.get(link["href"])
    assert chosen.status_int == 303
    assert chosen.location.endswith("/accounts/login/?next=%2Fdashboard%2F")
    assert visitor.get("/pricing/").html.html["lang"] == "de"


def test_a_language_that_is_not_offered_changes_nothing(new_browser):
    visitor = new_browser()
    page = visitor.get("/?lang=xx", headers={"Accept-Language": "xx"})
    assert page.html.html["lang"] == "en"
    assert "Set-Cookie" not in page.headers


def test_the_profile_of_a_client_decides_before_the_browser_does(as_client, new_browser):
    client = as_client()
    page = client.get("/account/profile/")
    form = next(one for one in page.forms.values() if "language" in one.fields)
    form["language"] = "de"
    form.submit(status=303)
    page = client.get("/dashboard/", headers={"Accept-Language": "en"})
    assert page.html.html["lang"] == "de"
    assert page.html.select_one("footer a[hreflang]") is None


def test_machines_are_spoken_to_in_english(new_browser):
    answer = new_browser().get("/api/v1/me/", headers={"Accept-Language": "de"}, expect_errors=True)
    assert "Content-Language" not in answer.headers


def test_who_signs_up_in_german_is_written_to_in_german(new_browser, shop):
    visitor = new_browser()
    visitor.get("/?lang=de", status=303)
    form = next(one for one in visitor.get("/accounts/signup/").forms.values() if "password" in one.fields)
    form["name"], form["email"], form["password"] = "Jan", "jan@client.example", "quiet lake heron 42"
    form["country"], form["terms"] = "DE", True
    form.submit(status=303)
    with shop.work.read() as uow:
        found = uow.session.query(Client).filter(Client.email == "jan@client.example").one()
        mail = uow.session.query(Mail).filter(Mail.recipient == "jan@client.example").one()
        assert (found.language, mail.language) == ("de", "de")
