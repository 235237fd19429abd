"""A day of staff in Chromium: order for a client, hold, accept, retry by cause, answer, give back, build, publish.

Once with JavaScript and once without; the browser has nothing to say about any page of the way.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buying import log_in, wait_by_reloading
from tests.browser.chromium import Watched, window
from tests.browser.money_walk import Cashier, Payer
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

FULL = "Error: the disk of the panel is full"
REFUSED = {"status": 400, "headers": {"Hestia-Exit-Code": "8"}, "body": FULL}


@dataclass
class Day:
    """Staff at their desk, a client at home, each with a browser window of their own."""

    demo: Demo
    staff: Watched
    client: Payer
    home: Watched

    @property
    def page(self) -> Page:
        """What staff look at."""
        return self.staff.page

    def go(self, path: str) -> None:
        """Staff type an address."""
        self.page.goto(self.demo.address + path)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Staff press a button of the main part."""
        self.page.get_by_role("main").get_by_role("button", name=name).first.click()

    def decide(self, word: str, reason: str) -> None:
        """On the page of an order: one of the decisions, with its reason."""
        self.page.get_by_role("main").get_by_role("link", name=word, exact=True).click()
        self.page.get_by_label("Reason").fill(reason)
        self.press(word)


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def day(request, browser: Browser, demo: Demo) -> Iterator[Day]:
    mark = secrets.token_hex(4)
    with window(browser, scripts=request.param) as staff, window(browser, scripts=request.param) as home:
        client = Payer(demo, home.page, f"Karl Mets {mark}", f"karl-{mark}@example.test")
        client.sign_up()
        log_in(staff.page, demo, demo.logins["staff"])
        yield Day(demo, staff, client, home)
    demo.control("hestiacp", "faults", method="DELETE")


def test_an_order_by_staff_is_held_accepted_retried_answered_and_given_back(day: Day):
    order = _orders_for_the_client(day)
    day.decide("Hold", "the name looks odd")
    expect(day.page.get_by_role("status").filter(has_text="Held: nothing")).to_contain_text(
        "the name looks odd"
    )
    number = _the_client_pays_and_waits(day)
    day.page.goto(order)
    _accepts_and_retries_what_failed(day, order)
    _answers_a_ticket(day)
    _gives_the_payment_back(day, number)
    assert day.staff.complaints + day.home.complaints == [], "the browser complained"


def _orders_for_the_client(day: Day) -> str:
    page = day.page
    day.go("/admin/orders/")
    page.get_by_role("link", name="New order").click()
    page.get_by_label(re.compile("^Name, company")).fill(day.client.email)
    day.press("Find")
    page.get_by_role("main").get_by_role("link", name=day.client.name).click()
    page.get_by_role("link", name="Web Start", exact=True).click()
    page.get_by_label("Domain name").fill(f"mets-{secrets.token_hex(4)}.example.test")
    day.press("Add to the order")
    expect(page.locator(".totals .grand")).to_contain_text("€3.50")
    day.press("Place the order")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Order \d+$"))
    return page.url


def _the_client_pays_and_waits(day: Day) -> str:
    client = day.client
    client.go("/billing/")
    client.page.get_by_role("main").get_by_role("link", name=re.compile(r"^\d{4}-\d+")).first.click()
    number = client.number
    client.pay_by_card("3.50")
    client.wait_until_paid(number)
    client.page.wait_for_timeout(1500)  # longer than the worker's sweep
    client.go("/dashboard/services/")
    expect(client.page.locator("main tbody")).to_contain_text("Being checked")
    return number


def _accepts_and_retries_what_failed(day: Day, order: str) -> None:
    page, demo = day.page, day.demo
    demo.control(
        "hestiacp", "faults", {"call": "v-add-web-domain", "kind": "error", "times": -1, "args": REFUSED}
    )
    day.decide("Accept", "I spoke to him")
    cause = page.get_by_role("region", name="What keeps them, by cause").locator(
        "li", has_text="disk of the panel"
    )
    wait_by_reloading(page, f"{demo.address}/admin/jobs/", cause)
    demo.control("hestiacp", "faults", method="DELETE")
    cause.get_by_role("button", name=re.compile("^Retry")).click()
    expect(page.get_by_role("status").first).to_be_visible()
    wait_by_reloading(page, order, page.locator(".page-head .badge", has_text="Active"), tries=120)


def _answers_a_ticket(day: Day) -> None:
    client, page, subject = day.client, day.page, f"Which panel? {secrets.token_hex(3)}"
    client.go("/tickets/new/")
    client.page.get_by_label("Subject").fill(subject)
    client.page.get_by_label("Message", exact=True).fill("Where do I log in?")
    client.press("Send")
    ticket = client.page.url
    day.go("/admin/tickets/")
    page.get_by_role("main").get_by_role("link", name=subject).click()
    page.get_by_label("Message", exact=True).fill("On the page of your service, under Access.")
    day.press("Send to the client")
    client.page.goto(ticket)
    expect(client.page.get_by_role("main")).to_contain_text("under Access")
    expect(client.page.locator(".page-head .badge")).to_have_text("Answered")


def _gives_the_payment_back(day: Day, number: str) -> None:
    cashier = Cashier(day.demo, day.page)
    cashier.open_payment_of(number)
    cashier.wish_to_give_back("3.50", "He changed his mind")
    expect(day.page.get_by_role("status")).to_contain_text("€3.50")
    day.press("Give back")
    sent = day.page.get_by_role("region", name="Refunds").locator("li", has_text="Given back")
    wait_by_reloading(day.page, day.page.url, sent)


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def desk(request, browser: Browser, demo: Demo) -> Iterator[tuple[Watched, Demo]]:
    with window(browser, scripts=request.param) as watched:
        log_in(watched.page, demo, demo.logins["staff"])
        yield watched, demo


def test_a_product_is_built_from_nothing_and_stands_in_the_store(desk):
    watched, demo = desk
    page, mark = watched.page, secrets.token_hex(3)
    main = page.get_by_role("main")
    page.goto(f"{demo.address}/admin/products/")
    main.get_by_role("link", name="New product").click()
    for field, value in (
        ("name", f"Backup Box {mark}"),
        ("slug", f"backup-{mark}"),
        ("new_shelf", f"Storage {mark}"),
    ):
        page.locator(f"#{field}").fill(value)
    page.locator("#shelf").select_option("new")
    main.get_by_role("button", name="Make the product").click()
    for field, value in (("cycle-0", "1 month"), ("currency-0", "EUR"), ("amount-0", "4.00")):
        page.locator(f"#{field}").fill(value)
    main.get_by_role("button", name="Save prices").click()
    page.locator("#card #hidden").uncheck()
    main.get_by_role("button", name="Save the card").click()
    main.get_by_role("link", name="See it in the store").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Configure Backup Box {mark}")
    expect(page.locator(".totals .grand")).to_contain_text("€4.00")
    page.goto(f"{demo.address}/pricing/")
    shelves = page.get_by_role("navigation", name="What we sell").get_by_role("link")
    expect(shelves.last).to_have_text(f"Storage {mark}")
    expect(shelves.first).to_have_text("Cloud servers")
    assert watched.complaints == [], "the browser complained"


def test_a_theme_is_published_and_the_old_one_put_back(desk):
    watched, demo = desk
    page = watched.page
    worn = _styles(page, demo)
    _publish(page, demo, "Harbour")
    try:
        assert _styles(page, demo) != worn, "the store wears it"
    finally:
        _publish(page, demo, "ezcore base")
    assert _styles(page, demo) == worn
    assert watched.complaints == [], "the browser complained"


def _publish(page: Page, demo: Demo, theme: str) -> None:
    page.goto(f"{demo.address}/admin/themes/")
    page.get_by_role("button", name=re.compile(f"^Publish {theme}", re.IGNORECASE)).click()
    expect(
        page.get_by_role("row", name=re.compile(f"^{theme}", re.IGNORECASE)).locator(".badge")
    ).to_have_text("Active")


def _styles(page: Page, demo: Demo) -> list[str]:
    page.goto(f"{demo.address}/pricing/")
    found: list[str] = page.evaluate("[...document.styleSheets].map((sheet) => sheet.href)")
    return found


def test_an_announcement_is_written_published_and_read(desk):
    watched, demo = desk
    page, title = watched.page, f"Backups twice a day {secrets.token_hex(3)}"
    main = page.get_by_role("main")
    page.goto(f"{demo.address}/admin/content/announcements/")
    main.get_by_role("link", name="Write an announcement").click()
    page.locator("#title").fill(title)
    page.locator("#body").fill("From **Monday** on every server is copied at 03:00 and at 15:00.")
    main.get_by_role("button", name="Preview").click()
    expect(main.locator("strong", has_text="Monday")).to_be_visible()
    main.get_by_role("button", name="Save").click()
    main.get_by_role("button", name="Publish").click()
    page.goto(f"{demo.address}/announcements/")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("main strong", has_text="Monday")).to_be_visible()
    assert watched.complaints == [], "the browser complained"
