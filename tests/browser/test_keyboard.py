"""The ten main pages by keyboard alone: in reading order, always seen, nothing left out, nothing traps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buying import log_in
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

MAIN_PAGES = {
    "visitor": ("/", "/pricing/", "/pricing/vps-s/"),
    "client": ("/dashboard/", "/dashboard/services/", "/billing/", "/tickets/new/"),
    "staff": ("/admin/", "/admin/orders/", "/admin/jobs/"),
}
MOST = 400
FOCUS = Path(__file__).with_name("focus.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=list(MAIN_PAGES))
def somebody(request, browser: Browser, demo: Demo, logins) -> Iterator[tuple[str, Watched]]:
    """A window of a visitor, of a client with services and invoices, of staff."""
    with window(browser) as watched:
        if request.param in logins:
            log_in(watched.page, demo, logins[request.param])
        yield request.param, watched


def test_tab_goes_through_the_ten_main_pages_as_they_are_read(somebody, demo: Demo):
    assert sum(map(len, MAIN_PAGES.values())) == 10
    role, watched = somebody
    for path in MAIN_PAGES[role]:
        watched.page.goto(demo.address + path)
        watched.page.evaluate("document.activeElement.blur()")
        assert _walk(watched.page) == [], path
        _skip_link(watched.page, demo.address + path)
    assert watched.complaints == []


def _walk(page: Page) -> list[str]:
    """What is wrong with one way round by Tab."""
    page.evaluate(f"window.look = {FOCUS}")
    wrong: list[str] = []
    seen: list[int] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at = page.evaluate("look.here()")
        if at is None:
            break
        if at["number"] in seen:
            return [*wrong, f"trapped at {at['what']}"]
        if seen and at["number"] < seen[-1]:
            wrong.append(f"against the order of reading: {at['what']}")
        if not at["outlined"]:
            wrong.append(f"focus cannot be seen: {at['what']}")
        if not at["shown"]:
            wrong.append(f"out of sight while focused: {at['what']}")
        seen.append(at["number"])
    else:
        wrong.append(f"no end after {MOST} presses")
    return wrong + [f"never reached: {what}" for what in page.evaluate("(seen) => look.missed(seen)", seen)]


def _skip_link(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_escape_closes_the_menu_of_a_telephone_and_gives_the_focus_back(somebody, demo: Demo):
    role, watched = somebody
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(demo.address + MAIN_PAGES[role][0])
    button = page.get_by_role("button", name="Menu", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    inside = page.locator("[popover]:popover-open")
    expect(inside).to_be_visible()
    page.keyboard.press("Tab")
    assert inside.evaluate("(menu) => menu.contains(document.activeElement)"), "Tab goes into the menu"
    page.keyboard.press("Escape")
    expect(inside).to_have_count(0)
    expect(button).to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_look_is_awake(browser: Browser, demo: Demo):
    with window(browser) as watched:
        watched.page.goto(f"{demo.address}/pricing/")
        watched.page.evaluate(
            "() => { const [first, second] = document.querySelectorAll('main a.btn');"
            " first.style.outline = 'none'; second.tabIndex = 3 }"
        )
        found = {what.split(":")[0] for what in _walk(watched.page)}
        assert found >= {"against the order of reading", "focus cannot be seen"}, found
