"""A panel that a template of the plugin prints: in its card, within its time, and never able to leave either."""

from __future__ import annotations

import pytest

from ezcore.plugin_api.ui import Panel

PAGE = "/admin/services/1/"


@pytest.fixture
def prints(guest):
    """The plugin gives one panel whose template holds this text; gives the page of staff."""

    def put(text, path=PAGE, **facts):
        (guest.templates / "box.pt").write_text(text, "utf-8")
        panel = Panel("box", "Boxed", template="box.pt", facts=facts)
        guest.give = lambda context: [panel] if context.slot.endswith(".service.side") else []
        return guest.open(path)

    return put


def test_it_is_drawn_in_its_card_with_the_words_and_macros_of_pages(prints):
    text = """<tal:x define="ui theme('ui/ui.pt').macros; facts [(say('Used'), used)]"><p class="sub">${day(on)}</p>
        <tal:f metal:use-macro="ui['facts']"/></tal:x>"""
    page = prints(text, used="7 <b>MiB</b>", on=None)
    card = page.html.select_one("section[aria-labelledby=plugin-guest-box]")
    assert "7 <b>MiB</b>" in card.get_text(), "escaped"
    assert card.select_one("dl.meta dt").get_text() == "Used"


BROKEN = {
    "does not compile": "<p tal:condition='(('>x</p>",
    "is not whole": "<p><b>x</p>",
    "asks for what is not there": "<p>${nothing_like_it}</p>",
    "raises": "<p>${1 / 0}</p>",
    "leaves its card": "<tal:x>${structure: '</section></main><h1>mine</h1>'}</tal:x>",
    "brings a script": "<script>alert(1)</script>",
    "brings a style": '<p style="position: fixed">x</p>',
    "brings a handler": '<p onclick="alert(1)">x</p>',
    "brings a frame": '<iframe src="https://evil.example/"></iframe>',
    "is a page": "<html><body>x</body></html>",
    "is long": "<p>${'x' * 30000}</p>",
    "asks for the request": "<p>${request.session}</p>",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_template_that_is_wrong_leaves_the_page_standing(prints, name):
    page = prints(BROKEN[name])
    assert "Something of the plugin <strong>guest</strong> is missing here" in page, name
    assert "Boxed" not in page
    assert "alert(1)" not in page
    assert "guest" not in prints(BROKEN[name], "/dashboard/services/1/")


def test_a_template_that_is_not_there_is_told_too(guest):
    guest.give = lambda context: (
        [Panel("box", "Boxed", template="no/such.pt")] if context.slot == "admin.service.side" else []
    )
    assert "its template no/such.pt" in guest.open(PAGE)


def test_one_that_prints_nothing_is_not_drawn(prints):
    page = prints("<tal:x condition='0'>x</tal:x>")
    assert "Boxed" not in page
    assert "is missing here" not in page


def test_one_that_hangs_costs_its_time_once(prints, guest):
    page = prints("<p>${slow()}</p>", slow=lambda: __import__("time").sleep(3))
    assert "did not answer in time" in page
    assert "was late and is not asked for a minute" in guest.open(PAGE)
