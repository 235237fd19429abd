"""What cannot be read is refused before any view: never a 5xx (rows B001-B010 of the bad-input table)."""

from __future__ import annotations

import pytest
from webob import Request

from ezcore.web.shared.readable import MAX_BODY, host_of

BOX = "/plugins/demo/box/"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "path",
    [
        "/\xff",
        "/\x00",
        "/..%2f..%2fetc/passwd",
        "/../etc/passwd",
        "//evil.example",
        "//evil.example/..",
        "/a" * 9000,
    ],
)
def test_b001_odd_paths_are_400_or_404_and_lead_nowhere(app, path):
    answer = app.get("/", extra_environ={"PATH_INFO": path}, status="*")

    assert answer.status_code in (400, 404)
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "query", ["a=%ff%fe", "a=%00", "a=%ed%a0%80", "&".join(f"f{n}=1" for n in range(600))]
)
def test_b002_odd_queries_are_400(app, query):
    app.get(f"/plugins/demo/hello/?{query}", status=400)


def test_b004_forwarded_headers_of_a_stranger_change_nothing(app):
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.1",
    }

    answer = app.get("/admin/plugins/demo/boxes/", headers=headers, status=303)

    assert answer.headers["Location"].startswith("http://127.0.0.1:6543/")


@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "-1", "many"])
def test_b005_odd_lengths_are_refused(app, length):
    answer = app.post(BOX, "a=1", extra_environ={"CONTENT_LENGTH": length}, status="*")

    assert answer.status_code in (400, 413)


def test_b006_floods_of_fields_are_400(app, kept):
    app.post(BOX, "&".join(f"f{n}=1" for n in range(10_000)), content_type=FORM, status=400)
    app.post(BOX, "x" * 1_000_000 + "=1", content_type=FORM, status=400)

    assert kept() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nnever ends',
        ),
        (FORM, b"name=%ff%fe"),
        (FORM, b"name=\xff"),
        (f"{FORM}; charset=utf-16", b"name=x"),
        (f"{FORM}; charset=klingon", b"name=x"),
    ],
)
def test_b007_broken_bodies_are_400(app, kept, kind, body):
    assert app.post(BOX, body, content_type=kind, status="*").status_code == 400
    assert kept() == []


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO"])
def test_b008_odd_methods_are_405(wsgi, method):
    answer = Request.blank(BOX, base_url="http://127.0.0.1:6543", method=method).get_response(wsgi)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "cookie",
    [
        "\xff\xfe",
        "ez_session=" + "a" * 5000,
        "; ".join(f"c{n}=1" for n in range(100)),
        "ez_flash=x; ez_csrf=y.z",
        "=;=;",
    ],
)
def test_b010_odd_cookies_make_a_visitor(app, cookie):
    assert app.get("/plugins/demo/hello/", extra_environ={"HTTP_COOKIE": cookie}).status_code == 200


def test_text_from_outside_is_escaped(app):
    answer = app.get("/plugins/demo/hello/?words=%3Cscript%3Ealert(1)%3C/script%3E")

    assert answer.html.find(id="words").string == "<script>alert(1)</script>"
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("value", ["a, b", "evil@us", "us/x", "us:99999", "us:port", "[::1", " us"])
def test_a_host_header_names_one_host_or_none(value):
    assert host_of(value) is None


@pytest.mark.parametrize(
    ("value", "host"), [("US.example:80", "us.example"), ("[::1]", "::1"), ("[::1]:6543", "::1")]
)
def test_the_port_is_no_part_of_the_host(value, host):
    assert host_of(value) == host
