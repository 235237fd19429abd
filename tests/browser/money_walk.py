"""The ways of money, clicked as a client and as staff click them: change a plan, pay in parts, give back, dispute."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.buying import SSH_KEY, Newcomer, log_in, wait_by_reloading
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo


@dataclass
class Payer(Newcomer):
    """A client who looks at every amount."""

    def choose_with_options(self, host: str) -> None:
        """VPS S by the month, with a bigger disk, two more addresses, and nightly copies kept for a month."""
        page = self.page
        self.go("/pricing/vps-s/")
        page.get_by_label(re.compile("[Hh]ost ?name")).fill(host)
        page.get_by_label(re.compile("SSH")).fill(SSH_KEY)
        page.locator("input[name='option-disk'][value='double']").check()
        page.locator("input[name='option-ipv4']").fill("2")
        page.locator("input[name='option-copies']").check()
        self.press("Update total")  # asks how long copies are kept: the question hangs on the answer before
        page.locator("input[name='option-kept'][value='month']").check()
        self.press("Update total")

    def use_code(self, code: str) -> None:
        """Type a promotion code in the cart."""
        summary = self.page.locator("summary", has_text=re.compile("code", re.IGNORECASE))
        if summary.count():
            summary.first.click()
        self.page.locator("#code").fill(code)
        self.press(re.compile("^(Use|Apply)"))

    def pay_by_card(self, amount: str) -> None:
        """From a page with ways to pay, over the gateway's page with this amount, and back to the shop."""
        self.press(re.compile("[Cc]ard"))
        self.go_to_checkout()
        expect(self.page.locator(".amount")).to_have_text(f"{amount} EUR")
        self.page.get_by_role("button", name=f"Pay {amount} EUR").click()
        self.page.wait_for_url(re.compile(r"/return/|returned=1"))

    def go_to_checkout(self) -> None:
        """Follow the link out of the shop."""
        self.page.get_by_role("link", name=re.compile("^Continue to")).click()

    def open_invoice(self, number: str) -> None:
        """The invoice as its client sees it."""
        self.go(f"/billing/invoices/{number}/")

    def wait_until_paid(self, number: str) -> None:
        """Open the invoice until the webhook has told that it is paid."""
        paid = self.page.locator(".page-head .badge", has_text="Paid")
        wait_by_reloading(self.page, f"{self.demo.address}/billing/invoices/{number}/", paid)

    def order_and_leave_unpaid(self, slug: str, *, code: str = "", first: bool = False) -> str:
        """Order hosting by the month, with a code, as one's first order or not; returns the invoice's number."""
        self.go(f"/pricing/{slug}/")
        domain = self.page.get_by_label("Domain name")
        if domain.count():
            domain.fill(f"{slug}-{secrets.token_hex(4)}.example.test")
        self.press("Add to cart")
        if code:
            self.use_code(code)
        self.continue_to_review()
        if first:
            self.give_address()
        self.accept()
        self.page.get_by_role("link", name="Pay the invoice").click()
        return self.number

    def stored_cards(self) -> list[str]:
        """The cards kept for renewals, the one that is used first."""
        self.go("/billing/methods/")
        return self.page.locator("section[aria-label='Payment methods'] li strong").all_inner_texts()

    @property
    def number(self) -> str:
        """Of the invoice whose page this is."""
        return urlsplit(self.page.url).path.split("/")[3]


@dataclass
class Cashier:
    """Staff at the money pages."""

    demo: Demo
    page: Page

    def open_payment_of(self, number: str) -> str:
        """The newest payment of an invoice; returns the gateway's name of it."""
        self.page.goto(f"{self.demo.address}/admin/transactions/")
        row = self.page.locator("tr", has_text=f"Invoice {number}").first
        name = re.search(r"pi_\w+", row.inner_text())
        assert name is not None, "the payment has its name at the gateway"
        row.get_by_role("link").first.click()
        return name.group()

    def wish_to_give_back(self, amount: str, reason: str) -> None:
        """Fill in the refund and look at its preview; nothing is given back yet."""
        self.page.get_by_label(re.compile("^Amount in")).fill(amount)
        self.page.get_by_label("Reason", exact=True).fill(reason)
        self.page.get_by_role("button", name="Preview").click()


def has_line(box: Locator, words: str | re.Pattern[str], amount: str) -> None:
    """Among totals, lists and tables: the row with these words ends in this amount."""
    row = box.locator("div, li, tr").filter(has_text=words).filter(has=box.page.locator("bdi.money"))
    expect(row.last.locator("bdi.money").last).to_have_text(amount)


@contextmanager
def cashier(browser: Browser, demo: Demo) -> Iterator[tuple[Cashier, Watched]]:
    """A window of staff."""
    with window(browser) as watched:
        log_in(watched.page, demo, demo.logins["staff"])
        yield Cashier(demo, watched.page), watched
