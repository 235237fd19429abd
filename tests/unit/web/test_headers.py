"""Every answer is guarded: a strict CSP that our own pages really live under."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from webtest import TestApp

from ezcore.settings import Shop
from ezcore.web.shared.tweens import HEADERS

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGES = ["/plugins/demo/hello/", "/plugins/demo/box/", "/accounts/login/", "/nowhere/"]


@pytest.mark.parametrize("address", [*PAGES, "/plugins/demo/hello/?a=%ff"])
def test_every_answer_carries_the_strict_headers_errors_included(app, address):
    answer = app.get(address, status="*")

    assert answer.headers["Content-Security-Policy"] == STRICT
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_anything_inline(app, address):
    page = BeautifulSoup(app.get(address, status="*").text, "html.parser")

    assert page.find_all("style") == []
    assert [script for script in page.find_all("script") if script.string or not script.get("src")] == []
    handlers = [tag.name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    styled = [tag.name for tag in page.find_all(True) if "style" in tag.attrs]
    outside = [tag["href"] for tag in page.find_all("link") if not tag["href"].startswith("/static/")]
    assert (handlers, styled, outside) == ([], [], [])


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_whole_documents_in_standards_mode(app, address):
    answer = app.get(address, status="*").text
    page = BeautifulSoup(answer, "html.parser")

    assert answer.startswith("<!DOCTYPE html>")
    assert page.html["lang"] == "en"
    assert len(page.find_all("h1")) == 1
    assert len(page.find_all("main")) == 1


def test_an_https_shop_asks_browsers_to_stay_on_https(make_app, work):
    shop = Shop(site_url="https://shop.example")
    app = TestApp(make_app(shop=shop), extra_environ={"HTTP_HOST": "shop.example"})

    answer = app.get("/plugins/demo/box/")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "secure" in answer.headers["Set-Cookie"].lower()


def test_redirects_of_an_https_shop_stay_on_https_behind_a_proxy_that_speaks_http(make_app):
    app = TestApp(
        make_app(shop=Shop(site_url="https://shop.example")), extra_environ={"HTTP_HOST": "shop.example"}
    )

    answer = app.get("/admin/plugins/demo/boxes/", status=303)

    assert answer.headers["Location"].startswith("https://shop.example/accounts/login/")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil@127.0.0.1:6543#", "", "a b"]
)
def test_a_host_that_is_not_ours_is_answered_400(app, host):
    assert app.get("/plugins/demo/hello/", extra_environ={"HTTP_HOST": host}, status="*").status_code == 400


def test_listed_hosts_are_served_and_the_sites_own_too(make_app, work):
    security = replace_section(work.settings.security, allowed_hosts="shop.example, [2001:db8::1]")
    app = TestApp(make_app(security=security))

    for host in ("shop.example", "SHOP.example:8080", "127.0.0.1"):
        assert app.get("/plugins/demo/hello/", extra_environ={"HTTP_HOST": host}).status_code == 200


@pytest.mark.parametrize(
    ("cookie", "mode"), [("dark", "dark"), ("light", "light"), ('"><b>', None), ("", None)]
)
def test_the_colour_mode_comes_from_the_cookie(app, cookie, mode):
    page = BeautifulSoup(
        app.get("/plugins/demo/hello/", headers={"Cookie": f"ez_mode={cookie}"}).text, "html.parser"
    )

    assert page.html.get("data-theme") == mode


def replace_section(section, **changes):
    return (
        section.model_copy(update=changes) if hasattr(section, "model_copy") else replace(section, **changes)
    )
