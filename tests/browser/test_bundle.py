"""One order with a domain name, hosting and a certificate in Chromium: made in order, or parked as written."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.buying import Newcomer, wait_by_reloading
from tests.browser.chromium import window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

STAGES = ("Register", "Make the zone", "Point", "Set up", "Write the records", "Issue")
OWNER = {
    "name": "Mira Okafor", "email": "mira@example.test", "phone": "+372 5551234", "street": "Harju 6",
    "city": "Tallinn", "postcode": "10130", "country": "EE",
}  # fmt: skip


@pytest.fixture
def shopper(browser: Browser, demo: Demo):
    with window(browser) as watched:
        mark = secrets.token_hex(4)
        yield Newcomer(demo, watched.page, "Mira Okafor", f"mira-{mark}@example.test"), f"mira-{mark}.com"


def order_bundle(newcomer: Newcomer, name: str) -> int:
    """From the search to a paid order; gives its number."""
    page = newcomer.page
    newcomer.sign_up()
    newcomer.go(f"/domains/search/?q={name}")
    page.get_by_role("link", name=f"Order {name}", exact=True).click()
    for field, value in OWNER.items():
        page.locator(f"#owner_{field}").fill(value)
    newcomer.press("Add to cart")
    expect(page.get_by_role("main")).to_contain_text(name)
    for slug, asked in (
        ("web-pro", {"#wish-domain": name}),
        ("ssl-basic", {"#wish-names": f"{name}\nwww.{name}"}),
    ):
        newcomer.go(f"/pricing/{slug}/")
        for place, text in asked.items():
            page.locator(place).fill(text)
        newcomer.press("Add to cart")
    newcomer.check_out()
    newcomer.go_to_the_gateway()
    newcomer.pay()
    expect(page.get_by_role("heading", name="Paid, thank you")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="See your order").click()
    found = re.search(r"/orders/(\d+)/", page.url)
    assert found, page.url
    return int(found.group(1))


def at_the_vendors(demo: Demo, name: str) -> dict[str, int]:
    """How many things of this name really stand in the sandboxes."""
    cloudflare, authority = demo.control("cloudflare", "state"), demo.control("acme", "state")
    issued = [one for one in authority.get("order", []) if one["status"] == "valid"]
    return {
        "accounts": sum(name in user["web"] for user in demo.control("hestiacp", "state")["users"]),
        "zones": sum(zone["name"] == name for zone in cloudflare.get("zone", [])),
        "names": sum(held["domain_name"] == name for held in cloudflare.get("registration", [])),
        "certificates": sum(name in one["names"] for one in issued),
    }


def assert_no_drift(demo: Demo) -> None:
    """Our books and every vendor of the demo say the same: `ez drift`, asked as an operator asks."""
    command = [sys.executable, "-m", "ezcore.cli.main", "drift", "--now", "--json"]
    command += ["-c", str(demo.folder / "demo.ini")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said: dict[str, Any] = json.loads(done.stdout)
    assert (said["findings"], said["problems"]) == ([], []), done.stdout
    assert (said["finished"], done.returncode) == (True, 0)


def test_name_zone_account_records_and_certificate_come_one_after_the_other(shopper, demo: Demo):
    newcomer, name = shopper
    order = order_bundle(newcomer, name)
    page = newcomer.page
    steps = page.locator("section", has=page.locator("#stages")).locator("li")
    expect(steps).to_have_count(len(STAGES))
    for number, words in enumerate(STAGES):
        expect(steps.nth(number)).to_contain_text(words)
    path = f"{demo.address}/orders/{order}/"
    wait_by_reloading(page, path, page.get_by_text("Everything is ready"), tries=240)
    assert page.locator("section", has=page.locator("#stages")).locator("li.done").count() == len(STAGES)
    times = (
        page.locator("section", has=page.locator("#stages"))
        .locator("li time")
        .evaluate_all("all => all.map(one => one.dateTime)")
    )
    assert times == sorted(times)
    made = {"accounts": 1, "zones": 1, "names": 1, "certificates": 1}
    assert at_the_vendors(demo, name) == made
    assert_no_drift(demo)


def test_a_hosting_step_that_fails_for_good_parks_the_order_and_opens_a_ticket(shopper, demo: Demo):
    newcomer, name = shopper
    accounts = len(demo.control("hestiacp", "state")["users"])
    taken = {"status": 400, "headers": {"Hestia-Exit-Code": "4"}, "body": "Error: the web domain exists"}
    demo.control(
        "hestiacp", "faults", {"call": "v-add-web-domain", "kind": "error", "times": -1, "args": taken}
    )
    try:
        order = order_bundle(newcomer, name)
        page = newcomer.page
        told = page.get_by_text("One step did not go well")
        wait_by_reloading(page, f"{demo.address}/orders/{order}/", told.first, tries=240)
        states = page.locator("section", has=page.locator("#stages")).locator("li")
        expect(states.nth(0)).to_have_class(re.compile("done"))
        expect(states.nth(3)).to_have_class(re.compile("failed"))
        expect(states.nth(5)).to_have_class(re.compile("todo"))
        page.get_by_role("link", name=re.compile("^Ticket T-")).click()
        expect(page.get_by_role("main")).to_contain_text("is registered and stays yours")
        newcomer.open_mail("[T-")
        expect(page.locator("body")).to_contain_text("is registered and stays yours")
        assert len(demo.control("hestiacp", "state")["users"]) == accounts, "an account was left behind"
        # The name is the client's, and its registrar keeps the zone: both stand in our books.
        assert at_the_vendors(demo, name) == {"accounts": 0, "zones": 1, "names": 1, "certificates": 0}
        newcomer.go("/dashboard/domains/")
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        assert_no_drift(demo)
    finally:
        demo.control("hestiacp", "faults", method="DELETE")
