"""Walks of the gallery: what only a purchase, a started payment, a mail or a second factor leads to."""

from __future__ import annotations

import re
import secrets
from typing import Final
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Page

from tests.browser import gallery_states
from tests.browser.buying import PASSWORD, Newcomer, wait_by_reloading
from tests.browser.gallery_states import Take
from tests.fixtures_demo import Demo

OWNER: Final = {
    "name": "Mira Okafor", "email": "mira@example.test", "phone": "+372 5551234", "street": "Harju 6",
    "city": "Tallinn", "postcode": "10130", "country": "EE",
}  # fmt: skip
SLOW: Final = ("clone", "config.post", "resize", "start")
"""What the imitated cluster takes its time for, so that pages can be seen while it works."""


def buy(newcomer: Newcomer, take: Take) -> None:
    """From the sign-up to a server, a name and a ticket; leaves an order that is not paid, and a payment disputed."""
    page, address = newcomer.page, newcomer.demo.address
    newcomer.sign_up()
    gallery_states.take_empty(page, address, take)
    newcomer.go("/pricing/vps-s/")
    take(page, "walk-configure")
    newcomer.choose("atlas-01.okafor.test", disk="double")
    newcomer.continue_to_review()
    newcomer.press(re.compile("^Continue"))
    take(page, "walk-checkout-errors")
    newcomer.give_address()
    newcomer.accept()
    newcomer.go_to_the_gateway()
    take(page, "walk-gateway")
    _watch_the_setup(newcomer, take)
    _buy_a_name(newcomer, take)
    _fail_to_shut_down(newcomer)
    _leave_open(newcomer, take)
    newcomer.go("/tickets/new/")
    page.get_by_label("Subject").fill("Where do I log in?")
    page.get_by_label("Message", exact=True).fill("Which name does the first user of my server have?")
    newcomer.press("Send")
    _dispute(newcomer)


def read_the_offer(demo: Demo, page: Page, take: Take) -> None:
    """The quote that the demo's client was sent, by the link of its mail. Later it stands too far down there."""
    reader = Newcomer(demo, page, "", demo.logins["client"][0])
    reader.open_mail("Quote")
    page.locator("main a[href*='/quotes/']").first.click()
    take(page, "quotes-token")


def pay_by_link(demo: Demo, page: Page, email: str, take: Take) -> None:
    """An invoice that somebody pays by the link of its mail, without logging in."""
    payer = Newcomer(demo, page, "", email)
    payer.open_mail("Invoice")
    page.locator("main a[href*='/pay/']").first.click()
    payer.press(re.compile("[Cc]ard"))
    take(page, "pay-token-id")


def enter_in_two_steps(newcomer: Newcomer, take: Take) -> None:
    """A second factor is switched on; then the log-in that asks for it."""
    page = newcomer.page
    newcomer.sign_up()
    newcomer.go("/account/two-factor/")
    page.locator("main input[type=password]").fill(PASSWORD)
    newcomer.press(re.compile("."))
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    take(page, "walk-two-factor-picture")
    page.locator("main [name=code]").fill(pyotp.TOTP(secret).now())
    page.locator("main form:has([name=code]) button").first.click()
    take(page, "walk-two-factor-codes")
    page.context.clear_cookies()
    newcomer.go("/accounts/login/")
    page.get_by_label("E-mail address").fill(newcomer.email)
    page.get_by_label("Password").fill(PASSWORD)
    newcomer.press("Log in")
    page.wait_for_url("**/accounts/two-factor/**")
    take(page, "accounts-two-factor")


def order_for_a_client(demo: Demo, page: Page, take: Take) -> None:
    """Staff fill the cart of somebody who telephones."""
    page.goto(f"{demo.address}/admin/clients/1/order/web-pro/")
    page.get_by_label("Domain name").fill("shop.okafor.test")
    page.get_by_role("button", name="Add to the order").click()
    take(page, "admin-clients-id-cart-name")


def run_stuck_jobs_again(demo: Demo, page: Page, take: Take) -> None:
    """From a job that stands still to all that stand still for the same cause."""
    page.goto(f"{demo.address}/admin/services/")
    page.get_by_role("main").get_by_role("link", name=re.compile("atlas-01")).first.click()
    page.get_by_role("link", name="Run stuck ones again").click()
    take(page, "admin-jobs-again")


def _watch_the_setup(newcomer: Newcomer, take: Take) -> None:
    """What waits and works: the payment until the gateway has told it, then order, overview and service."""
    page, demo = newcomer.page, newcomer.demo
    for call in SLOW:
        demo.control("proxmox", "faults", {"call": call, "kind": "delay", "times": 1, "args": {"seconds": 8}})
    demo.hold_webhooks()
    newcomer.pay()
    page.get_by_text("We are waiting for your bank").wait_for()
    take(page, "walk-payment-waiting")
    demo.let_webhooks_go()
    page.get_by_role("link", name="See your order").click(timeout=60_000)
    page.locator(".steps li.done").nth(1).wait_for(timeout=60_000)
    order = page.url
    take(page, "walk-order-busy")
    newcomer.go("/dashboard/")
    take(page, "walk-dashboard-busy")
    newcomer.go("/dashboard/services/")
    page.get_by_role("main").get_by_role("link", name=re.compile("atlas-01")).first.click()
    take(page, "walk-service-busy")
    page.goto(order)
    page.get_by_text("Everything is ready").wait_for(timeout=90_000)


def _buy_a_name(newcomer: Newcomer, take: Take) -> None:
    """A domain name with its certificate: the pages of both stand open to the client afterwards."""
    page, name = newcomer.page, f"okafor-{secrets.token_hex(2)}.com"
    newcomer.go(f"/domains/search/?q={name}")
    page.get_by_role("link", name=f"Order {name}", exact=True).click()
    take(page, "domains-order")
    for part, value in OWNER.items():
        page.locator(f"#owner_{part}").fill(value)
    newcomer.press("Add to cart")
    newcomer.go("/pricing/ssl-basic/")
    page.locator("#wish-names").fill(name)
    newcomer.press("Add to cart")
    newcomer.continue_to_review()
    newcomer.accept()
    newcomer.go_to_the_gateway()
    slow = {"call": "registrations.create", "kind": "delay", "times": 1, "args": {"seconds": 8}}
    newcomer.demo.control("cloudflare", "faults", slow)
    newcomer.pay()
    page.get_by_role("link", name="See your order").click(timeout=60_000)
    order = page.url
    newcomer.go("/dashboard/domains/")
    page.get_by_role("main").get_by_role("link", name=name).first.click()
    wait_by_reloading(page, page.url, page.locator("main [data-live]"))
    take(page, "walk-domain-busy")
    page.goto(order)
    page.get_by_text("Everything is ready").wait_for(timeout=120_000)


def _fail_to_shut_down(newcomer: Newcomer) -> None:
    """An action of the machine that the cluster takes and does not do: its job stands still, for staff to look at."""
    page = newcomer.page
    fault = {"call": "shutdown", "kind": "late_failure", "times": -1, "args": {"exitstatus": "got no answer"}}
    newcomer.demo.control("proxmox", "faults", fault)
    newcomer.go("/dashboard/services/")
    page.get_by_role("main").get_by_role("link", name=re.compile("atlas-01")).first.click()
    page.get_by_role("main").get_by_role("link", name="Shut down").click()
    newcomer.press("Shut down")


def _leave_open(newcomer: Newcomer, take: Take) -> None:
    """An order that is not paid, with each way to the gateway begun and left on our side of it."""
    page = newcomer.page
    newcomer.choose("shop.okafor.test", plan="VPS M")
    newcomer.continue_to_review()
    newcomer.accept()
    page.get_by_role("link", name="Pay the invoice").click()
    invoice = urlsplit(page.url).path
    page.get_by_role("link", name=re.compile("bill you each time")).click()
    take(page, "billing-invoices-number-subscribe")
    newcomer.press(re.compile("^Let .* bill me"))
    take(page, "billing-subscriptions-id")
    newcomer.go(invoice)
    newcomer.press(re.compile("[Cc]ard"))
    take(page, "billing-invoices-number-pay-id")
    newcomer.go("/billing/methods/")
    newcomer.press(re.compile("^Add a method at"))
    take(page, "billing-methods-add-id")


def _dispute(newcomer: Newcomer) -> None:
    """The bank of the newcomer takes the last payment back; the gateway tells the shop by its webhook."""
    state = newcomer.demo.control("stripe", "state")
    own = {one["id"] for one in state["customer"] if one.get("email") == newcomer.email}
    paid = [one for one in state["payment_intent"] if one["customer"] in own and one["status"] == "succeeded"]
    last = max(paid, key=lambda one: one["created"])
    newcomer.demo.control("stripe", "dispute", {"payment_intent": last["id"], "reason": "fraudulent"})
