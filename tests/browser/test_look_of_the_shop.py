"""Staff try a colour and a logo in their own browser, publish what they see, and go back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import window
from tests.fixtures_pictures import png


@pytest.fixture
def desk(browser, demo):
    """A browser of the owner, and one of somebody who only looks at the shop."""
    with window(browser) as watched, window(browser) as other:
        email, password = demo.logins["staff"]
        watched.page.goto(f"{demo.address}/accounts/login/")
        watched.page.get_by_label("E-mail").fill(email)
        watched.page.get_by_label("Password", exact=True).fill(password)
        watched.page.get_by_role("main").get_by_role("button", name="Log in").click()
        watched.page.wait_for_load_state()
        yield watched, other, demo


def test_a_colour_and_a_logo_are_tried_published_and_taken_back(desk):
    watched, other, demo = desk
    page, visitor = watched.page, other.page
    plain = _button_of(visitor, demo)

    page.goto(f"{demo.address}/admin/themes/")
    page.get_by_label("Colour of the shop").fill("#7c3aed")
    page.get_by_label("Corners").select_option("square")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("Only you see this appearance")).to_be_visible()
    page.get_by_label("Logo", exact=True).set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png(120, 40)}
    )
    page.get_by_role("button", name="Preview the logo").click()
    expect(page.locator("nav.side .brand img")).to_be_visible()
    assert _button_of(page, demo) != plain, "it is seen by who tries it"
    assert _button_of(visitor, demo) == plain, "and by nobody else"
    expect(visitor.locator(".topbar .brand img")).to_have_count(0)

    page.get_by_role("complementary", name="About the theme").get_by_role("button", name="Publish").click()
    try:
        expect(page.get_by_text("Only you see")).to_have_count(0)
        assert _button_of(visitor, demo) == _button_of(page, demo) != plain
        logo = visitor.locator(".topbar .brand img")
        expect(logo).to_have_attribute("alt", re.compile(r".+"))
        assert logo.evaluate("(img) => img.naturalWidth") == 120, "the picture arrives"
    finally:
        _take_back(page, demo)
    assert _button_of(visitor, demo) == plain
    assert watched.complaints == other.complaints == [], "the browser complained"


def _take_back(page: Page, demo) -> None:
    """By the list of what was published: the look before it."""
    page.goto(f"{demo.address}/admin/themes/")
    former = page.get_by_role("region", name="Published so far").get_by_role("listitem")
    expect(former.first.locator(".badge")).to_have_text("Active")
    former.nth(1).get_by_role("button", name="Go back to this").click()
    expect(page.get_by_text("The shop looks as it did then")).to_be_visible()


def _button_of(page: Page, demo) -> tuple[str, str]:
    """The colour and the corners of what the shop looks like in this browser."""
    page.goto(f"{demo.address}/pricing/")
    found = page.evaluate(
        "(() => { const s = getComputedStyle(document.documentElement);"
        " return [s.getPropertyValue('--brand-solid'), s.getPropertyValue('--r2')] })()"
    )
    return found[0], found[1]
