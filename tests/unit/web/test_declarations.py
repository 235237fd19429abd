"""No page without a whole declaration, and no plugin's page in front of ours."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from webtest import TestApp

from ezcore.plugin_api.plugin import PluginBase
from ezcore.web.shared.views import UNSAFE, UndeclaredView, page


def view(request):
    """A view."""


WHOLE = {"route": "x", "path": "/x/", "permission": "client.read"}
POST = {**WHOLE, "method": "POST", "audit": "thing.change"}


@pytest.mark.parametrize(
    "said",
    [
        {"route": "x", "path": "/x/"},
        {**WHOLE, "public": "storefront"},
        {"route": "x", "path": "/x/", "public": "because"},
        {**WHOLE, "permission": "public"},
        {**WHOLE, "permission": "deny-all"},
        {**POST, "audit": None},
        {**POST, "audit": ""},
        {**POST, "csrf": False},
        {
            "route": "x",
            "path": "/x/",
            "public": "signed webhook",
            "method": "POST",
            "csrf": False,
            "audit": "none: x",
        },
        {**WHOLE, "rate": "often"},
        {**WHOLE, "method": "TRACE"},
        {**WHOLE, "path": "/x"},
        {**WHOLE, "path": "x/"},
    ],
)
def test_a_view_that_leaves_something_unsaid_is_refused(said):
    with pytest.raises(UndeclaredView):
        page(**said)(view)


def test_whole_declarations_are_taken():
    page(**WHOLE)(view)
    page(**POST)(view)


def test_every_registered_view_is_declared_and_guarded(wsgi):
    declared = {(one.route, one.method): one for one in wsgi.registry["ez.declarations"]}
    seen = 0
    for entry in wsgi.registry.introspector.get_category("views"):
        found = entry["introspectable"]
        if found["route_name"] in (None, "static") or isinstance(found["context"], type):
            continue
        for method in found["request_methods"]:
            one = declared[found["route_name"], "GET" if method == "HEAD" else method]
            permission = next(r["value"] for r in entry["related"] if r.category_name == "permissions")
            assert permission == (one.permission or "public")
            if method in UNSAFE:
                assert found["require_csrf"] is one.csrf
                assert one.audit
            seen += 1
    assert seen > 10


def test_a_plugins_pages_stand_under_its_own_prefix(wsgi):
    paths = {one.path for one in wsgi.registry["ez.declarations"] if one.route.startswith("demo.")}

    assert all(path.startswith(("/plugins/demo/", "/admin/plugins/demo/")) for path in paths)


def _plugin_with(monkeypatch, **views):
    module = ModuleType("made_pages")
    monkeypatch.setitem(sys.modules, "made_pages", module)
    for name, declare in views.items():

        def made(request):
            return "made"

        made.__module__, made.__name__ = "made_pages", name
        setattr(module, name, declare(made))

    class Made(PluginBase):
        name, title = "made", "Made"

        @classmethod
        def web_module(cls):
            return "made_pages"

    return Made


def test_a_plugin_with_one_wrong_page_loses_all_of_them_and_the_site_stays_up(make_app, monkeypatch, caplog):
    plugin = _plugin_with(
        monkeypatch,
        good=page("good", "/good/", public="storefront"),
        wrong=page("wrong", "/admin/wrong/", public="storefront"),
    )
    app = TestApp(make_app(plugin), extra_environ={"HTTP_HOST": "127.0.0.1"})

    app.get("/plugins/made/good/", status=404)
    app.get("/accounts/login/", status=200)
    assert "the pages of plugin made are not registered" in caplog.text


def test_a_plugin_cannot_answer_for_a_page_of_ours(make_app, monkeypatch):
    plugin = _plugin_with(monkeypatch, steal=page("login", "/accounts/login/", public="storefront"))
    app = TestApp(make_app(plugin), extra_environ={"HTTP_HOST": "127.0.0.1"})

    assert "Log in" in app.get("/accounts/login/").text


def test_too_many_tries_are_429_with_the_time_to_wait(app, token, wsgi):
    for _ in range(30):
        app.post("/plugins/demo/slow/", {"csrf_token": token})

    answer = app.post("/plugins/demo/slow/", {"csrf_token": token}, status=429)

    assert int(answer.headers["Retry-After"]) > 0
    other = {"REMOTE_ADDR": "198.51.100.1"}
    app.post("/plugins/demo/slow/", {"csrf_token": token}, extra_environ=other, status=200)
