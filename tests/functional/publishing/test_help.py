"""Answers: found by their words, hidden while drafts, private ones for clients only; read and voted on once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.publishing.articles.models import Article, ArticleVote
from tests.fixtures_shop import csrf_of
from tests.functional.publishing.conftest import form_to


@pytest.fixture
def answers(press):
    """Two shelves with an answer for everybody, one for clients, and a draft."""
    servers = press.shelf("Servers")
    mail = press.shelf("Mail", servers)
    press.answer("How do I restart my server?", servers, "Press *Restart*. Õhtul ka.", summary="A button")
    press.answer("Which port does mail need?", mail, "It is 993, 100% sure.")
    press.answer("How late may I pay?", servers, "Ten days. The server waits.", private=True)
    press.answer("Secret plans of the server", servers, draft=True)


def test_a_visitor_reads_what_is_for_everybody(answers, browser):
    page = browser.get("/help/")
    assert "Servers" in page
    assert "2 answers" in page
    shelf = browser.get("/help/categories/servers/")
    assert "How do I restart" in shelf
    assert "How late" not in shelf
    assert "Secret" not in shelf
    assert "<em>Restart</em>" in browser.get("/help/how-do-i-restart-my-server/")
    assert browser.get("/help/secret-plans-of-the-server/", status=404)
    assert "/accounts/login/" in browser.get("/help/how-late-may-i-pay/", status=303).location
    assert "Which port" in browser.get("/help/categories/mail/")


def test_a_client_reads_the_private_ones_too(answers, as_client):
    ann = as_client()
    assert "3 answers" in ann.get("/help/")
    assert "Ten days" in ann.get("/help/how-late-may-i-pay/")
    assert ann.get("/help/secret-plans-of-the-server/", status=404)


@pytest.mark.parametrize(
    ("typed", "count"),
    [("restart", 1), ("RESTART server", 1), ("server", 1), ("ohtul", 1), ("Õhtul", 1), ("restart mail", 0),
     ("100%", 1), ("%", 0), ("_", 0), ("late", 0), ("secret", 0), ("993", 1), ("x" * 5000, 0), ("'; drop", 0)],
)  # fmt: skip
def test_a_search_finds_what_a_visitor_may_read(answers, browser, typed, count):
    page = browser.get("/help/", {"q": typed}, status=200)
    assert f"{count} answer" in page.html.find(id="found").parent.get_text()


def test_titles_stand_before_texts(press, browser):
    shelf = press.shelf("Servers")
    press.answer("About something else", shelf, "Here is a console.")
    press.answer("Where is the console?", shelf)
    page = browser.get("/help/", {"q": "console"})
    links = [a["href"] for a in page.html.select("#found ~ *, section a") if "/help/" in a.get("href", "")]
    assert links.index("/help/where-is-the-console/") < links.index("/help/about-something-else/")


def test_a_reader_is_counted_and_staff_are_not(shop, answers, browser, as_staff):
    for reader in (browser, browser, as_staff()):
        reader.get("/help/how-do-i-restart-my-server/")
    browser.get("/help/how-late-may-i-pay/")
    with shop.work.read() as uow:
        views = {row.slug: row.views for row in uow.session.execute(select(Article.slug, Article.views))}
    assert views["how-do-i-restart-my-server"] == 2
    assert views["how-late-may-i-pay"] == 0


def test_one_reader_has_one_voice(shop, answers, new_browser, as_client, as_staff):
    path = "/help/how-do-i-restart-my-server/"
    one, two, ann = new_browser(), new_browser(), as_client()
    for reader, word in ((one, "yes"), (one, "no"), (two, "yes"), (ann, "yes"), (ann, "yes")):
        form_to(reader.get(path), "/vote/").submit("helpful", value=word, status=303)
    assert "You said no" in one.get(path)
    with shop.work.read() as uow:
        said = list(uow.session.scalars(select(ArticleVote.helpful)))
    assert sorted(said) == [False, True, True]
    assert "2 of 3" in as_staff().get("/admin/content/articles/")


def test_a_vote_needs_a_reader_who_may_read_and_a_word_that_is_offered(answers, browser, shop):
    token = csrf_of(browser)
    post = {"csrf_token": token, "helpful": "yes"}
    assert browser.post("/help/secret-plans-of-the-server/vote/", post, expect_errors=True).status_int == 404
    assert "/accounts/login/" in browser.post("/help/how-late-may-i-pay/vote/", post, status=303).location
    browser.post("/help/how-do-i-restart-my-server/vote/", post | {"helpful": "perhaps"}, status=303)
    browser.post("/help/how-do-i-restart-my-server/vote/", {"helpful": "yes"}, status=400)
    with shop.work.read() as uow:
        assert uow.session.scalars(select(ArticleVote)).all() == []


def test_an_answer_may_save_a_ticket(answers, as_client):
    ann = as_client()
    form = form_to(ann.get("/tickets/new/"), "/tickets/new/")
    fields = {
        "csrf_token": form["csrf_token"].value,
        "subject": "Please restart the server",
        "message": "It hangs",
    }
    page = ann.post("/tickets/new/answers/", fields, status=200)
    assert "How do I restart my server?" in page.html.find(id="answers").get_text()
    assert "Secret" not in page
    kept = form_to(page, "/tickets/new/")
    assert (kept["subject"].value, kept["message"].value) == ("Please restart the server", "It hangs")
    assert "We found none" in ann.post("/tickets/new/answers/", fields | {"subject": "zebra"}, status=200)
    assert "No open tickets" in ann.get("/tickets/")


def test_staff_write_an_answer_about_a_product(press, shop, as_staff, browser):
    press.shelf("Servers")
    staff = as_staff(role="support")
    form = form_to(staff.get("/admin/content/articles/new/"), "/articles/new/")
    form["title"], form["body"], form["category_id"] = "Is Web Pro fast?", "Yes.", "1"
    form["product_id"].select(text="Web Pro")
    page = form.submit("do", value="save", status=303).follow()
    assert browser.get("/help/is-web-pro-fast/", status=404)
    form_to(page, "/publish/").submit(status=303)
    shown = browser.get("/help/is-web-pro-fast/")
    assert "/pricing/web-pro/" in shown
    assert "Is Web Pro fast?" in browser.get("/help/?product=web-pro").html.find("main").get_text()
    assert browser.get("/help/?product=nothing", expect_errors=True).status_int == 404
    found = staff.get("/admin/search/", {"q": "article:web pro"})
    assert "Is Web Pro fast?" in found
    assert "Answers" not in as_staff("b@staff.example", "billing").get("/admin/search/", {"q": "web pro"})


def test_shelves_stand_in_two_levels(answers, as_staff):
    staff = as_staff()
    form = form_to(staff.get("/admin/content/categories/new/"), "/categories/new/")
    assert [value for value, *_ in form["parent_id"].options] == ["", "1"]
    post = {"csrf_token": form["csrf_token"].value, "name": "Deeper", "parent_id": "2", "position": "0"}
    page = staff.post("/admin/content/categories/new/", post, status=422)
    assert "two levels" in page
    page = staff.post("/admin/content/categories/1/", post | {"parent_id": "1"}, status=422)
    assert "one of those offered" in page
    assert staff.post("/admin/content/categories/1/remove/", post, expect_errors=True).status_int == 409


def test_lists_ask_no_more_when_there_is_more(shop, press, browser, as_client, as_staff, count_queries):
    shelf = press.shelf("Servers")
    press.answer("The server", shelf)
    ann, staff = as_client(), as_staff()
    token = csrf_of(ann, "/tickets/new/")

    def asked():
        counts = []
        for reader, path in ((browser, "/help/"), (browser, "/help/?q=server"), (ann, "/help/categories/servers/"),
                             (staff, "/admin/content/articles/"), (staff, "/admin/content/categories/")):  # fmt: skip
            reader.get(path)
            with count_queries(shop.engine) as seen:
                reader.get(path)
            counts.append(len(seen))
        with count_queries(shop.engine) as seen:
            ann.post("/tickets/new/answers/", {"csrf_token": token, "subject": "server"})
        return [*counts, len(seen)]

    few = asked()
    for number in range(8):
        press.answer(f"The server {number}", shelf)
        press.shelf(f"More {number}", shelf)
    assert asked() == few
    assert max(few) <= 12
