"""No form of another site has an effect here (row B013)."""

from __future__ import annotations

import pytest
from webtest import TestApp

BOX = "/plugins/demo/box/"
SENT = {"name": "post"}


def test_a_form_with_its_token_is_taken(app, kept, token):
    app.post(BOX, {**SENT, "csrf_token": token}, status=303)

    assert kept() == ["post"]


@pytest.mark.parametrize("wrong", ["", "x", "\u00e9", "0" * 64, None])
def test_a_form_without_its_token_has_no_effect(app, kept, token, wrong):
    sent = SENT if wrong is None else {**SENT, "csrf_token": wrong}

    answer = app.post(BOX, sent, status=400)

    assert "load the page again" in answer.text
    assert kept() == []


def test_the_token_of_another_visitor_has_no_effect(app, wsgi, kept, token):
    other = TestApp(wsgi, extra_environ={"HTTP_HOST": "127.0.0.1:6543"})
    other.get(BOX)

    other.post(BOX, {**SENT, "csrf_token": token}, status=400)

    assert kept() == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:6543.evil.example"])
def test_a_form_that_another_site_sent_has_no_effect(app, kept, token, origin):
    app.post(BOX, {**SENT, "csrf_token": token}, headers={"Origin": origin}, status=400)

    assert kept() == []


def test_a_form_of_our_own_page_says_so_and_is_taken(app, kept, token):
    app.post(BOX, {**SENT, "csrf_token": token}, headers={"Origin": "http://127.0.0.1:6543"}, status=303)

    assert kept() == ["post"]


def test_a_planted_cookie_is_not_ours(app, kept, token):
    app.set_cookie("ez_csrf", "planted.by-a-neighbour")

    app.post(BOX, {**SENT, "csrf_token": token}, status=400)

    assert kept() == []


def test_a_page_without_a_form_hands_out_no_cookie(app):
    assert "Set-Cookie" not in app.get("/plugins/demo/hello/").headers
    assert "ez_csrf" in app.get(BOX).headers["Set-Cookie"]


def test_a_message_is_shown_once_on_the_next_page(app, token):
    page = app.post(BOX, {**SENT, "csrf_token": token}).follow()

    assert page.html.find(class_="flashes").get_text().strip() == "post is kept"
    assert page.html.find(class_="notice")["role"] == "status"
    assert app.get("/plugins/demo/hello/").html.find(class_="flashes") is None


def test_a_message_that_we_did_not_sign_is_not_shown(app):
    app.set_cookie("ez_flash", "WyJiYWQiLCJ5b3Ugb3dlIHVzIl0.forged")

    assert app.get("/plugins/demo/hello/").html.find(class_="flashes") is None
