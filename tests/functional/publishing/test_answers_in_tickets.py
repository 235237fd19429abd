"""Answers beside a question: while its subject is typed, before it is sent, and in what staff write back."""

from __future__ import annotations

import pytest

from tests.functional.publishing.conftest import form_to
from tests.functional.support.test_ticket_pages import ask, reference_in

PART = {"X-Fragment": "1"}
MATCHING = "/help/matching/answers/"


@pytest.fixture
def answers(press):
    """One for everybody, one for clients, a draft."""
    shelf = press.shelf("Servers")
    press.answer("How do I restart my server?", shelf, "Press *Restart*.")
    press.answer("Restart without losing data", shelf, "Ask us.", private=True)
    press.answer("Restart secrets", shelf, draft=True)
    press.answer("What is a VPS?", shelf, "A machine.")


def titles(page):
    return {link.find(string=True, recursive=False) for link in page.html.select(".list a")}


def pressed(form, ending, name="", value=None, **options):
    """Submit by the button whose own address this is."""
    form.action = ending
    return form.submit(name, value=value, **options) if name else form.submit(**options)


def test_what_a_subject_finds_is_what_its_reader_may_open(answers, browser, as_client):
    asked = {"q": "restart"}
    assert titles(browser.get(MATCHING, asked, headers=PART)) == {"How do I restart my server?"}
    both = as_client().get(MATCHING, asked, headers=PART)
    assert titles(both) == {"How do I restart my server?", "Restart without losing data"}
    assert "2 answers may help" in both


@pytest.mark.parametrize(
    ("typed", "count"), [("vps", 1), ("VPS is slow", 1), ("not now", 0), ("", 0), ("%%%", 0)]
)
def test_three_letters_find_an_answer_and_empty_words_do_not(answers, browser, typed, count):
    page = browser.get(MATCHING, {"q": typed}, headers=PART)
    assert len(titles(page)) == count
    assert page.html.p.get_text() == ("1 answer may help, below the subject" if count else "")


def test_a_person_who_opens_the_part_is_sent_to_the_search(answers, browser):
    assert browser.get(MATCHING, {"q": "vps"}, status=303).location.endswith("/help/?q=vps")


def test_typing_is_counted_by_itself(answers, browser):
    for _ in range(60):
        browser.get(MATCHING, {"q": "vps"}, headers=PART)
    assert browser.get(MATCHING, {"q": "vps"}, headers=PART, expect_errors=True).status_int == 429
    assert pressed(form_to(browser.get("/contact/"), "/contact/"), "/contact/new/answers/").status_int == 200


@pytest.mark.parametrize("client", [True, False])
def test_without_a_script_a_button_shows_answers_and_keeps_what_was_typed(
    answers, browser, as_client, client
):
    who, path = (as_client(), "/tickets/new/") if client else (browser, "/contact/")
    form = form_to(who.get(path), path)
    form["subject"], form["message"] = "Please restart it", "It hangs"
    if not client:
        form["name"], form["email"] = "Zoe", "zoe@elsewhere.example"
    page = pressed(form, "/tickets/new/answers/" if client else "/contact/new/answers/", status=200)
    shown = page.html.find(id="answers").get_text()
    assert "How do I restart my server?" in shown
    assert ("Restart without losing data" in shown) == client
    assert ("Files are chosen once more" in shown) == client
    kept = form_to(page, path)
    assert (kept["subject"].value, kept["message"].value) == ("Please restart it", "It hangs")
    assert client or (kept["name"].value, kept["email"].value) == ("Zoe", "zoe@elsewhere.example")
    kept.submit(status=303)


def test_staff_put_the_link_of_an_answer_below_what_they_wrote(answers, as_client, as_staff):
    ann, kadri = as_client(), as_staff(role="support")
    reference = reference_in(ask(ann, subject="Restart my server"))
    at = f"/admin/tickets/{reference}/"
    reply = form_to(kadri.get(at), "/reply/")
    reply["message"] = "Hello Ann."
    looked = pressed(reply, f"{at}answers/", status=200)
    assert "Restart without losing data" in looked
    assert "Restart secrets" not in looked
    reply = form_to(looked, "/reply/")
    assert reply["message"].value.strip() == "Hello Ann."
    done = pressed(reply, f"{at}answers/", "put", "how-do-i-restart-my-server", status=200)
    reply = form_to(done, "/reply/")
    assert "Hello Ann.\n" in reply["message"].value.replace("\r\n", "\n")
    assert "http://shop.example/help/how-do-i-restart-my-server/" in reply["message"].value
    reply.submit(status=303)
    assert 'href="http://shop.example/help/how-do-i-restart-my-server/"' in ann.get(f"/tickets/{reference}/")


def test_staff_look_by_words_and_a_draft_cannot_be_put_in(answers, as_client, as_staff):
    ann, kadri = as_client(), as_staff(role="support")
    at = f"/admin/tickets/{reference_in(ask(ann))}/"
    reply = form_to(kadri.get(at), "/reply/")
    reply["look"] = "vps"
    assert "What is a VPS?" in pressed(reply, f"{at}answers/", status=200)
    reply["look"] = "zebra"
    assert "Nothing holds all of these words" in pressed(reply, f"{at}answers/", status=200)
    draft = {"csrf_token": reply["csrf_token"].value, "put": "restart-secrets"}
    assert kadri.post(f"{at}answers/", draft, expect_errors=True).status_int == 404
