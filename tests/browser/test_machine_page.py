"""The page of a machine in Chromium: a snapshot is taken, gone back to and removed, and its usage is drawn."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.buying import Newcomer, wait_by_reloading
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

CHARTS = ("Processor", "Memory", "Network")
HOUR = 3600


@dataclass(frozen=True)
class Owner:
    """Somebody with a running machine, on its page."""

    demo: Demo
    watched: Watched
    host: str
    path: str

    @property
    def page(self) -> Page:
        return self.watched.page

    @property
    def machine(self) -> dict[str, Any]:
        """What really stands in the cluster."""
        (found,) = self.demo.machines(self.host)
        return found

    def open(self, sign: Locator) -> None:
        """Come back to the page until the sign is there."""
        wait_by_reloading(self.page, self.demo.address + self.path, sign, tries=120)

    def act(self, title: str, done: str) -> None:
        """Press the button of the question, and wait until the page says that it is done."""
        self.page.get_by_role("main").get_by_role("button", name=title, exact=True).click()
        heading = self.page.locator("section[aria-labelledby=done] h2", has_text=done)
        self.open(heading)
        expect(self.page.locator("section[aria-labelledby=done] .steps li.done").first).to_be_attached()

    def look_again(self, sign: Locator) -> None:
        """Ask the server until the page shows it; it is asked once in ten seconds, however often we press."""
        for _ in range(12):
            self.page.get_by_role("button", name="Refresh").click()
            for _ in range(8):
                self.page.goto(self.demo.address + self.path)
                if sign.count():
                    return
                self.page.wait_for_timeout(500)
        expect(sign).to_be_visible()


@pytest.fixture(scope="module")
def owner(browser: Browser, demo: Demo):
    mark = secrets.token_hex(4)
    with window(browser) as watched:
        newcomer = Newcomer(demo, watched.page, "Lars Tamm", f"lars-{mark}@example.test")
        host = f"birch-{mark}.example.test"
        newcomer.sign_up()
        newcomer.choose(host)
        newcomer.check_out()
        newcomer.go_to_the_gateway()
        newcomer.pay()
        newcomer.go("/dashboard/services/")
        watched.page.locator("tr", has_text=host).get_by_role("link").first.click()
        path = watched.page.url.removeprefix(demo.address)
        owner = Owner(demo, watched, host, path)
        owner.open(watched.page.locator(".page-head .badge", has_text="Active"))
        yield owner


def block(page: Page, title: str) -> Locator:
    """A part of what the server shows, by its heading."""
    return page.locator("section[aria-labelledby=look] .stack.s").filter(
        has=page.get_by_role("heading", name=title, exact=True)
    )


def test_a_snapshot_is_taken_gone_back_to_and_removed(owner: Owner):
    page, row = owner.page, block(owner.page, "Snapshots").locator("tr", has_text="before-lunch")
    page.goto(owner.demo.address + owner.path)
    page.get_by_role("link", name="Take a snapshot").click()
    page.locator("#name").fill("before-lunch")
    owner.act("Take a snapshot", "Take a snapshot")
    assert owner.machine["snapshots"] == ["before-lunch"]

    # What the machine becomes afterwards must be gone when its owner goes back.
    vmid = owner.machine["vmid"]
    owner.demo.control("proxmox", "guest", {"vmid": vmid, "nameserver": "203.0.113.66"})
    owner.look_again(row)
    row.get_by_role("link", name="Roll back").click()
    expect(page.get_by_role("main")).to_contain_text("Everything since then is lost")
    owner.act("Roll back", "Roll back")
    assert "spoiled" not in owner.machine["description"]
    assert (owner.machine["status"], owner.machine["snapshots"]) == ("running", ["before-lunch"])

    owner.look_again(row)
    row.get_by_role("link", name="Remove").click()
    owner.act("Remove snapshot", "Remove snapshot")
    assert owner.machine["snapshots"] == []
    owner.look_again(block(page, "Snapshots").filter(has_not=page.locator("table")))
    expect(row).to_have_count(0)
    assert owner.watched.complaints == []


def test_usage_is_drawn_as_svg_with_the_same_figures_beside_it(owner: Owner):
    page, now = owner.page, int(time.time())
    gap = [now - 8 * HOUR, now - 5 * HOUR]  # nothing was measured: a gap in the line, no zero
    owner.demo.control(
        "proxmox", "guest", {"vmid": owner.machine["vmid"], "started_at": now - 20 * HOUR, "gap": gap}
    )
    owner.look_again(block(page, "Processor").locator("svg polyline").nth(1))
    for title in CHARTS:
        chart = block(page, title)
        expect(chart.locator("svg")).to_be_visible()
        drawn = [one for one in chart.locator("svg polyline").all() if one.get_attribute("points")]
        lines = chart.locator(".legend li").count()
        assert len(drawn) == 2 * lines, "a line before the gap and one after it"
        assert all(re.fullmatch(r"[\d, ]+", one.get_attribute("points") or "") for one in drawn)
        chart.locator("summary").click()
        table = chart.get_by_role("table")
        expect(table).to_be_visible()
        measured = sum(len((one.get_attribute("points") or "").split()) for one in drawn)
        figures = [text for text in table.locator("td").all_inner_texts() if text != "no figure"]
        assert len(figures) == measured, "every point of the picture is a figure of the table"
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    assert owner.watched.complaints == []
