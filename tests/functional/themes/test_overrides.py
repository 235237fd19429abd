"""Staff see which templates a theme replaces, how they differ, and which of them base has changed since."""

from __future__ import annotations

import re

from ezcore.themes.components import Contracts, read_contracts
from tests.functional.themes.conftest import staff, words_of

AT = "/admin/themes/reef/overrides/"


def test_overridden_templates_are_listed_with_their_difference(reef):
    reef.write("reef/client/own_page.pt", "<html/>")
    reef.write("reef/client/help_us.txt", "no template of base")
    reef.write("reef/client/contact.pt", "<html><script>alert(1)</script></html>")
    kadri = staff(reef.open(active="base"))

    page = kadri.get("/admin/themes/").click(href=AT)

    listed = [link.get_text() for link in page.html.select(".list a")]
    assert listed == ["client/about.pt", "client/contact.pt", "layouts/client.pt"]
    shown = page.click("client/contact.pt").html.find("pre").get_text()
    assert "+<html><script>alert(1)</script></html>" in shown
    assert re.search(r"^-.*metal:use-macro", shown, re.MULTILINE)
    assert "<script>alert" not in page.click("client/contact.pt").text
    assert "Base has changed" not in page


def test_a_template_made_for_an_older_component_is_marked(reef, monkeypatch):
    reef.write("reef/theme.toml", 'name = "reef"\nversion = "1"\n[components]\n"client.page" = 1\n')
    monkeypatch.setattr("ezcore.themes.overrides.read_contracts", _contracts_of_tomorrow)
    page = staff(reef.open()).get(AT)
    marked = [row for row in page.html.select(".list > li") if row.select(".badge")]
    assert [row.a.get_text() for row in marked] == ["layouts/client.pt"]
    assert "made for version 1, base has 7" in words_of(page)


def test_a_theme_or_a_file_that_is_not_there_is_not_found(reef):
    kadri = staff(reef.open())
    for path in ("/admin/themes/nobody/overrides/", f"{AT}?file=../theme.toml", f"{AT}?file=client/home.pt"):
        assert kadri.get(path, expect_errors=True).status_int == 404
    assert "None: it changes colours" in kadri.get("/admin/themes/base/overrides/")


def _contracts_of_tomorrow(base):
    now = read_contracts(base)
    later = {name: one.model_copy(update={"version": 7}) for name, one in now.macros.items()}
    return Contracts(now.version, later)
