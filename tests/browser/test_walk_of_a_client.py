"""One whole life of a client in Chromium: visitor, order, payment, service, upgrade, ticket, cancellation.

Once with JavaScript and once without; the browser has nothing to say about any page of the way. What each amount and
each step of a set-up must be, other walks look at more closely (test_buying_a_server.py, test_money_walk.py).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.buying import PASSWORD, wait_by_reloading
from tests.browser.chromium import Watched, window
from tests.browser.money_walk import Payer, has_line
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def visitor(request, browser: Browser, demo: Demo) -> Iterator[tuple[Payer, Watched]]:
    with window(browser, scripts=request.param) as watched:
        mark = secrets.token_hex(4)
        yield Payer(demo, watched.page, "Lena Saar", f"lena-{mark}@example.test"), watched


def test_from_the_first_look_to_the_cancellation(visitor):
    client, watched = visitor
    domain = f"saar-{secrets.token_hex(4)}.example.test"
    _fills_the_cart_before_anybody_knows_her(client, domain)
    _gets_an_account_on_the_way(client)
    service = _orders_and_pays(client)
    _upgrades(client, service)
    _asks_and_is_heard(client)
    _cancels_and_keeps_what_is_paid(client, service)
    assert watched.complaints == [], "the browser complained"


def _fills_the_cart_before_anybody_knows_her(client: Payer, domain: str) -> None:
    client.go("/pricing/")
    client.page.get_by_role("navigation", name="What we sell").get_by_role("link", name="Web hosting").click()
    client.page.get_by_role("link", name="Configure Web Start", exact=True).click()
    client.page.get_by_label("Domain name").fill(domain)
    client.press("Add to cart")
    has_line(client.page.locator(".totals"), "Due today", "€3.50")


def _gets_an_account_on_the_way(client: Payer) -> None:
    page = client.page
    client.continue_to_review()
    page.locator("#name").fill(client.name)
    page.locator("#email").fill(client.email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Country").select_option("EE")
    page.get_by_label(re.compile("I accept the terms")).check()
    client.press("Create account")
    client.open_mail("onfirm")
    page.locator("main a[href*='/accounts/verify/']").click()
    client.press("Confirm and log in")
    expect(page).to_have_url(re.compile("/billing/checkout/"))


def _orders_and_pays(client: Payer) -> str:
    page = client.page
    client.give_address()
    client.accept()
    page.get_by_role("link", name="Pay the invoice").click()
    number = client.number
    client.pay_by_card("3.50")
    client.wait_until_paid(number)
    client.go("/dashboard/services/")
    page.locator("main tbody").get_by_role("link").first.click()
    wait_by_reloading(page, page.url, page.locator(".page-head .badge", has_text="Active"), tries=120)
    return page.url


def _upgrades(client: Payer, service: str) -> None:
    page = client.page
    page.goto(f"{service}change/")
    page.locator("input[name='product'][value='web-pro']").check()
    client.press("Show what it costs")
    # Web Pro 7.00 for the same days, for which 3.50 are paid
    has_line(page.locator("aside .totals"), "Due today", "€3.50")
    client.press("Change and pay")
    number = client.number
    client.pay_by_card("3.50")
    client.wait_until_paid(number)
    wait_by_reloading(page, service, page.locator("main", has_text="€7.00 per month"), tries=120)


def _asks_and_is_heard(client: Payer) -> None:
    page = client.page
    client.go("/tickets/new/")
    page.get_by_label("Subject").fill("Where do I upload?")
    page.get_by_label("Message", exact=True).fill("I have a folder of pages.\n\nWhere does it go?")
    client.press("Send")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do I upload?")
    expect(page.get_by_role("main")).to_contain_text("Where does it go?")
    client.open_mail("Where do I upload?")


def _cancels_and_keeps_what_is_paid(client: Payer, service: str) -> None:
    page = client.page
    page.goto(service)
    page.get_by_role("main").get_by_role("link", name=re.compile("^Cancel")).first.click()
    page.get_by_label(re.compile("What could we do better")).fill("I move to another town")
    client.press("Cancel at the end of the period")
    page.goto(service)
    expect(page.get_by_role("status").filter(has_text="Ends on")).to_contain_text(
        "Until then everything works"
    )
    expect(page.get_by_role("button", name="Take the cancellation back")).to_be_visible()
