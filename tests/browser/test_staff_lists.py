"""Pages that stand behind forms of lists, where no crawl comes: the question, the answer, a view, a note about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.buying import log_in
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

SIDEWAYS = Path(__file__).with_name("sideways.js").read_text(encoding="utf-8")


@pytest.fixture(params=[("light", 1280), ("dark", 320)], ids=str)
def staff(request, browser: Browser, demo: Demo, logins) -> Iterator[Watched]:
    """A member of staff; a client of theirs has ordered three times, and paid once."""
    mode, width = request.param
    with window(browser, width=width) as watched:
        log_in(watched.page, demo, logins["staff"])
        watched.prefer(mode, demo.address)
        yield watched
        assert watched.complaints == []


def problems(page: Page) -> list[str]:
    """What axe and the edges of the window have against it, in both directions of writing."""
    sideways = [what for way in ("ltr", "rtl") for what in page.evaluate(SIDEWAYS, way)]
    page.evaluate("document.documentElement.dir = 'ltr'")
    return sideways + violations(page)


def test_the_question_and_the_answer_hold(staff: Watched, demo: Demo):
    page = staff.page
    page.goto(f"{demo.address}/admin/orders/")
    assert problems(page) == []
    page.get_by_label("All on this page").check()
    page.get_by_label("What to do with the ticked rows").select_option("accept")
    page.get_by_role("button", name="Do with ticked").click()
    expect(page.get_by_role("heading", name="are meant")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    assert problems(page) == []
    page.get_by_label("Reason").fill("looked at them")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name="were refused")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url("**/admin/orders/")


def test_saving_a_view_and_the_note_of_an_old_one_hold(staff: Watched, demo: Demo):
    page = staff.page
    page.goto(f"{demo.address}/admin/tickets/?mine=1&colour=red")
    page.get_by_role("link", name="Save this view").click()
    expect(page.get_by_role("heading", name="Save this view")).to_be_visible()
    assert problems(page) == []
    page.get_by_label("Name").fill("A view with a name that is rather long, for a view")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("colour=red")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Manage views").click()
    expect(page.get_by_role("heading", name="Views")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Change A view").click()
    expect(page.get_by_role("heading", name="A view with")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("button", name="Delete the view").click()
    expect(page.get_by_role("heading", name="No view was saved yet.")).to_be_visible()
    assert problems(page) == []
