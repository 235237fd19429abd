"""The console opens in Chromium: pixels of the machine are on the page, keys reach it, and a ticket works once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import window

pytestmark = pytest.mark.browser

# Read from a copy: Chromium complains about a canvas that is drawn and read in turns.
PIXEL = """([x, y]) => {
  const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  copy.drawImage(document.getElementById('console'), -x, -y);
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""
INSIDE, EDGE = (160, 100), (1, 1)
STATUS = "#console-status"


@pytest.fixture
def screen(browser: Browser, machine_room):
    """Ann's window with an open console; gives room, watched window and page."""
    with window(browser) as watched:
        watched.context.add_cookies(
            [{"name": "ez_session", "value": machine_room.ann, "url": machine_room.address}]
        )
        page = watched.page
        page.goto(machine_room.address + machine_room.path)
        page.get_by_role("button", name="Open the console").click()
        expect(page.locator("#console[data-state=shown]")).to_be_visible(timeout=30_000)
        yield machine_room, watched, page


def colour(page: Page, at: tuple[int, int] = INSIDE) -> list[int]:
    found: list[int] = page.evaluate(PIXEL, list(at))
    return found


def test_the_screen_of_the_machine_is_drawn_and_keys_reach_it(screen):
    _, watched, page = screen
    expect(page.locator(STATUS)).to_have_text("Connected.")
    assert colour(page, EDGE) == [250, 204, 21, 255]
    assert colour(page) == [23, 78, 166, 255]
    page.locator("#console").click()
    page.keyboard.press("a")
    for _ in range(100):
        if colour(page) == [22, 128, 94, 255]:
            break
        page.wait_for_timeout(100)
    assert colour(page) == [22, 128, 94, 255], "the key reached the machine, which drew another colour"
    assert watched.complaints == []


def test_the_keyboard_can_leave_the_screen_again(screen):
    _, _, page = screen
    page.locator("#console").click()
    page.keyboard.press("Shift+Escape")
    expect(page.get_by_role("button", name="Send Ctrl Alt Del")).to_be_focused()


def test_a_second_use_of_the_ticket_is_refused(screen, browser: Browser):
    room, watched, page = screen
    with watched.context.expect_page() as second:
        page.evaluate("window.open(location.pathname, '_blank')")
    other = second.value
    taken: list[object] = []

    def take(data: object) -> None:  # playwright cannot mark a method of a list
        taken.append(data)

    other.on("websocket", lambda socket: socket.on("framesent", take))
    other.get_by_role("button", name="Open the console").click()
    expect(other.locator("#console[data-state=shown]")).to_be_visible(timeout=30_000)
    ticket = next(data for data in taken if isinstance(data, str))
    said = other.evaluate(
        """([address, ticket]) => new Promise((ok) => { const s = new WebSocket(address, ['binary']);
           s.onopen = () => s.send(ticket); s.onclose = (e) => ok([e.code, e.reason]); })""",
        [room.console, ticket],
    )
    assert said == [4403, "this ticket was used or is too old"]


def test_the_page_says_when_the_console_is_over(screen):
    room, _, page = screen
    page.goto(room.address + room.path)
    guest = room.cluster.app.guests.find(100)
    room.cluster.app.guests.put({**guest, "status": "stopped"})
    page.get_by_role("button", name="Open the console").click()
    expect(page.locator(STATUS)).to_have_text(re.compile("Closed: .*is off"), timeout=30_000)
    expect(page.get_by_role("button", name="Open anew")).to_be_enabled()


def test_the_page_holds_on_a_small_screen(screen):
    _, _, page = screen
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
