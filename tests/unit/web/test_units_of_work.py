"""What a view wrote is kept when it returned a page or a redirect, and never otherwise."""

from __future__ import annotations

import pytest

BOX = {"name": "post", "size": "5"}


def test_a_returned_redirect_keeps_what_the_view_wrote(app, kept, token):
    app.post("/plugins/demo/box/", {**BOX, "csrf_token": token}, status=303)

    assert kept() == ["post"]


def test_a_form_in_error_keeps_nothing(app, kept, token):
    app.post("/plugins/demo/box/", {**BOX, "size": "0", "csrf_token": token}, status=422)

    assert kept() == []


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("refused", 409),
        ("invalid", 422),
        ("missing", 404),
        ("forbidden", 303),
        ("defect", 500),
        ("redirect", 303),
    ],
)
def test_a_view_that_raised_keeps_nothing(app, kept, token, how, status):
    app.post(f"/plugins/demo/fails/{how}/", {"csrf_token": token}, status=status)

    assert kept() == []


def test_a_view_that_calls_a_vendor_has_no_unit_of_work(app, token):
    app.post("/plugins/demo/vendor/", {"csrf_token": token}, status=500)


def test_a_get_cannot_write(app, kept):
    assert app.get("/plugins/demo/reads/", status="*").status_code >= 500
    assert kept() == []


def test_head_answers_as_get_without_a_body(app):
    got, head = app.get("/plugins/demo/hello/"), app.head("/plugins/demo/hello/")

    assert head.status_code == 200
    assert head.body == b""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_work_is_announced_only_after_it_was_kept(app, wsgi, token):
    work = wsgi.registry["ez.work"]
    before = work.bell.rings

    app.post("/plugins/demo/fails/refused/", {"csrf_token": token}, status=409)
    assert work.bell.rings == before

    app.post("/plugins/demo/box/", {**BOX, "csrf_token": token}, status=303)
    assert work.bell.rings == before + 1
