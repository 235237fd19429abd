"""Errors are pages too: themed, with the right status, without a database and without a stack trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from webtest import TestApp


@pytest.mark.parametrize(
    "address", ["/nowhere/", "/plugins/demo/nowhere/", "/plugins/other/hello/", "/static/x/nope.css"]
)
def test_what_is_not_there_is_404_on_a_themed_page(app, address):
    answer = app.get(address, status=404)

    assert "Nothing here" in answer.text
    assert "EZ Solutions" in answer.text


def test_an_address_without_its_slash_leads_to_the_one_with_it(app):
    answer = app.get("/plugins/demo/hello?words=kept", status=308)

    assert answer.headers["Location"].endswith("/plugins/demo/hello/?words=kept")


def test_a_method_that_nobody_declared_is_405_and_names_the_others(app, token):
    answer = app.put("/plugins/demo/box/", "", status=405)

    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("how", "words"), [("refused", "the words of the trade"), ("invalid", "the words of the trade")]
)
def test_a_refusal_says_why(app, token, how, words):
    assert words in app.post(f"/plugins/demo/fails/{how}/", {"csrf_token": token}, status="4*").text


def test_not_found_tells_nothing_about_what_was_looked_for(app, token):
    assert "the words of the trade" not in app.post(
        "/plugins/demo/fails/missing/", {"csrf_token": token}, status=404
    )


def test_a_defect_shows_a_reference_and_no_detail(app, token, caplog):
    answer = app.post("/plugins/demo/fails/defect/", {"csrf_token": token}, status=500)

    reference = answer.html.find("code").string
    assert reference in caplog.text
    assert "secret detail" not in answer.text


def test_error_pages_need_no_database(make_app, work):
    app = TestApp(make_app(), extra_environ={"HTTP_HOST": "127.0.0.1"})
    work.engine.dispose()
    Path(work.engine.url.database).write_bytes(b"this is no database" * 100)

    assert app.get("/nowhere/", status=404).html.h1.string == "Nothing here"
    app.set_cookie("ez_session", "anything")
    assert app.get("/plugins/demo/reads/", status="5*").html.find("code") is not None


def test_a_visitor_is_asked_to_log_in_and_comes_back(app):
    answer = app.get("/admin/plugins/demo/boxes/?page=2", status=303)

    assert answer.headers["Location"].endswith("/accounts/login/?next=/admin/plugins/demo/boxes/%3Fpage%3D2")


def test_machines_get_a_problem_document(app):
    answer = app.get("/api/nowhere/", status=404)

    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 404
