"""Staff by single keys, in a real browser: through a list, to other lists, the page of keys, and the switch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buying import log_in
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def staff(browser: Browser, demo: Demo, logins) -> Iterator[Watched]:
    """A member of staff; the logins' client has ordered three times."""
    with window(browser) as watched:
        log_in(watched.page, demo, logins["staff"])
        yield watched


@pytest.fixture
def page(staff: Watched, demo: Demo) -> Iterator[Page]:
    """The list of orders, and nothing to complain about afterwards."""
    staff.page.goto(f"{demo.address}/admin/orders/")
    yield staff.page
    assert staff.complaints == []


def switch(page: Page, demo: Demo, on: bool) -> None:  # noqa: FBT001 - the value of a box
    page.goto(f"{demo.address}/admin/keyboard/")
    page.get_by_role("checkbox", name="Single keys do something").set_checked(on)
    page.get_by_role("button", name="Save").click()


def test_j_and_k_go_through_the_rows_o_opens_and_x_ticks(page: Page):
    rows = page.locator(".table tbody tr")
    page.keyboard.press("j")
    expect(rows.nth(0).locator("th a")).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1).locator("th a")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(rows.nth(0).locator("th a")).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(0).locator(".tick input")).to_be_checked()
    expect(page.get_by_role("button", name="Do with ticked")).to_have_text("Do with ticked (1)")
    page.keyboard.press("x")
    expect(rows.nth(0).locator(".tick input")).not_to_be_checked()
    href = rows.nth(0).locator("th a").get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(f"**{href}")


def test_enter_opens_the_row_as_any_link(page: Page):
    page.keyboard.press("j")
    href = page.locator(".table tbody tr th a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")


def test_g_and_a_letter_go_to_a_list(page: Page):
    for letter, path in (("t", "tickets"), ("i", "invoices"), ("d", ""), ("o", "orders")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"**/admin/{path}/" if path else "**/admin/")


def test_a_letter_alone_goes_nowhere_and_nothing_happens_while_typing(page: Page):
    url = page.url
    page.keyboard.press("t")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("gtjx?")
    expect(page.get_by_role("searchbox")).to_have_value("gtjx?")
    page.locator("#bulk-do").focus()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.locator(".table tbody tr th a").first.focus()
    page.keyboard.press("Control+g")
    page.keyboard.press("t")
    assert page.url == url


def test_the_keys_are_shown_in_a_dialog_that_escape_closes(page: Page):
    page.keyboard.press("j")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_contain_text("Next row of a list")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".table tbody tr th a").first).to_be_focused()


def test_all_on_the_page_are_ticked_at_once_and_counted(page: Page):
    boxes = page.locator(".tick input")
    page.get_by_label("All on this page").check()
    assert boxes.evaluate_all("all => all.every(one => one.checked)")
    expect(page.get_by_role("button", name=f"Do with ticked ({boxes.count()})")).to_be_visible()
    page.get_by_label("All on this page").uncheck()
    expect(page.get_by_role("button", name="Do with ticked", exact=True)).to_be_visible()


def test_whoever_switches_them_off_presses_keys_in_vain(page: Page, demo: Demo):
    switch(page, demo, on=False)
    try:
        page.goto(f"{demo.address}/admin/orders/")
        url = page.url
        for key in ("j", "/", "?", "g", "t"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement === document.body")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.url == url
    finally:
        switch(page, demo, on=True)
    page.goto(f"{demo.address}/admin/orders/")
    page.keyboard.press("j")
    expect(page.locator(".table tbody tr th a").first).to_be_focused()


def test_without_scripts_rows_are_ticked_and_done_and_the_keys_are_a_page(
    browser: Browser, demo: Demo, logins
):
    with window(browser, scripts=False) as watched:
        page = watched.page
        log_in(page, demo, logins["staff"])
        page.goto(f"{demo.address}/admin/orders/")
        expect(page.get_by_label("All on this page")).to_be_hidden()
        page.locator(".tick input").first.check()
        page.get_by_label("What to do with the ticked rows").select_option("hold")
        page.get_by_role("button", name="Do with ticked").click()
        expect(page.get_by_role("heading", name="1 is meant")).to_be_visible()
        page.get_by_role("link", name="Leave them as they are").click()
        page.wait_for_url("**/admin/orders/")
        page.goto(f"{demo.address}/admin/keyboard/")
        expect(page.get_by_role("heading", name="Keys of the admin area")).to_be_visible()
        assert watched.complaints == []
