"""A child theme replaces one slot, one file or only a colour, and inherits the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from webtest import TestApp

from ezcore.settings import SettingsError, Themes
from ezcore.themes.chain import theme_chain
from ezcore.themes.finding import find_themes
from ezcore.web.shared.theme import Theme

HERE = Path(__file__).parent
DEMO = {"demo": HERE / "demo/templates"}
REEF = find_themes([HERE / "reef"])


def made(folder, name, parent=None):
    (folder / name).mkdir()
    (folder / name / "theme.toml").write_text(
        f'name = "{name}"\n' + (f'parent = "{parent}"\n' if parent else "")
    )
    return folder / name


@pytest.fixture
def reef(make_app):
    """The demo shop in a theme of a folder."""
    wears = Themes(active="reef", folders=str(HERE / "reef"))
    return TestApp(make_app(themes=wears), extra_environ={"HTTP_HOST": "127.0.0.1"})


def test_a_child_theme_that_fills_one_slot_inherits_everything_else(app, reef):
    page = reef.get("/plugins/demo/hello/").html

    assert page.footer.get_text().strip() == "Reef, one slot replaced."
    assert page.h1.string == "Hello"
    assert page.find(class_="topbar") is not None


def test_without_the_child_the_slot_is_the_bases_own(app):
    assert "Reef" not in app.get("/plugins/demo/hello/").text


def test_a_theme_overrides_a_plugins_page_under_the_same_path(tmp_path):
    theme = made(tmp_path, "kelp")
    (theme / "plugin/demo").mkdir(parents=True)
    (theme / "plugin/demo/hello.pt").write_text("<p>kelp</p>")
    chain = theme_chain("kelp", find_themes([theme]), DEMO)

    assert Theme(chain).render("plugin/demo/hello.pt") == "<p>kelp</p>"
    assert chain.find("plugin/demo/box.pt") == (DEMO["demo"], "box.pt")


def test_the_chain_ends_in_base_whoever_is_named_as_parent(tmp_path):
    made(tmp_path, "a", "b"), made(tmp_path, "b")

    assert theme_chain("a", find_themes([tmp_path])).names == ("a", "b", "base")


def test_parents_in_a_circle_stop_the_start(tmp_path):
    made(tmp_path, "a", "b"), made(tmp_path, "b", "a")

    with pytest.raises(SettingsError, match="circle"):
        theme_chain("a", find_themes([tmp_path]))


@pytest.mark.parametrize("name", ["nowhere", "../themes/base", ""])
def test_an_unknown_theme_stops_the_start(name):
    with pytest.raises(SettingsError):
        theme_chain(name, find_themes())


@pytest.mark.parametrize(
    "spec",
    [
        "../settings.py",
        "client/../../x.pt",
        "/etc/passwd",
        "plugin/demo/../hello.pt",
        "reef:layouts/admin.pt",
        "other:layouts/client.pt",
        "plugin/other/hello.pt",
        "",
        "a\\b",
    ],
)
def test_a_template_is_found_in_the_chain_or_nowhere(spec):
    with pytest.raises(LookupError):
        theme_chain("reef", REEF, DEMO).find(spec)


def test_static_files_carry_their_content_in_the_address_and_cache_for_ever(app):
    link = app.get("/plugins/demo/hello/").html.find("link", rel="stylesheet")["href"]

    answer = app.get(link)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css"
    old = "/static/000000000000/" + link.split("/", 3)[3]
    assert app.get(old).headers["Cache-Control"] == "no-cache"


def test_static_files_of_child_themes_and_plugins_are_served(reef):
    for name in ("reef.css", "app.js", "plugins/demo/demo.css"):
        assert reef.get(reef.app.registry["ez.wardrobe"].active().static.url(name)).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "../theme.toml",
        "..%2ftheme.toml",
        "plugins/demo/../../conftest.py",
        "plugins/other/x.css",
        "",
        "a//b.css",
    ],
)
def test_only_static_files_are_served(app, name):
    app.get(f"/static/000000000000/{name}", status=404)
