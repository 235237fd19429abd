"""The way of a newcomer from the sign-up to the payment, clicked as a person clicks it; tests and gallery walk it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.fixtures_demo import Demo

SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5mZQ8JbOe0vM0m7RZC2bn1nQ0d1m0VbWcT0cFz5cCk mira@laptop"
PASSWORD = "lantern over a quiet harbour"


@dataclass
class Newcomer:
    """Somebody who was never here."""

    demo: Demo
    page: Page
    name: str
    email: str

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.demo.address + path)

    def sign_up(self) -> None:
        """Fill in the form and follow the link of the mail."""
        self.go("/accounts/signup/")
        for label, value in (
            ("Your name", self.name),
            ("E-mail address", self.email),
            ("Password", PASSWORD),
        ):
            self.page.get_by_label(label, exact=True).fill(value)
        self.page.get_by_label("Country").select_option("EE")
        self.page.get_by_label(re.compile("I accept the terms")).check()
        self.press("Create account")
        self.open_mail("onfirm")
        self.page.locator("main a[href*='/accounts/verify/']").click()
        self.press("Confirm and log in")

    def open_mail(self, subject: str) -> None:
        """Read the newest mail to this person whose subject has this word, when it is there."""
        row = self.page.locator("tr", has_text=self.email).filter(has_text=subject)
        wait_by_reloading(self.page, self.demo.address + "/_mail/", row.first)
        row.first.get_by_role("link").click()

    def choose(self, host: str, *, plan: str = "VPS S", disk: str = "included") -> None:
        """From the prices to a configured server in the cart."""
        self.go("/pricing/")
        self.page.get_by_role("link", name=f"Configure {plan}", exact=True).click()
        self.page.get_by_label(re.compile("[Hh]ost ?name")).fill(host)
        self.page.get_by_label(re.compile("SSH")).fill(SSH_KEY)
        self.page.locator(f"input[name='option-disk'][value='{disk}']").check()
        self.press("Add to cart")

    def check_out(self) -> None:
        """From the cart to the order, for the first time."""
        self.continue_to_review()
        self.give_address()
        self.accept()

    def continue_to_review(self) -> None:
        """From the cart on; who has given an address arrives at the review, others at the address."""
        self.page.get_by_role("link", name=re.compile("[Cc]heck ?out")).first.click()

    def give_address(self) -> None:
        """The step between account and review."""
        for field, value in (("line1", "Harju 6"), ("city", "Tallinn"), ("postcode", "10130")):
            self.page.locator(f"#{field}").fill(value)
        self.press(re.compile("^Continue"))

    def accept(self) -> None:
        """The last step: from here on it is an order."""
        self.page.get_by_label(re.compile("I accept the terms")).check()
        self.press(re.compile("^Order for"))

    def go_to_the_gateway(self) -> None:
        """From the order to the page of the payment provider."""
        self.page.get_by_role("link", name="Pay the invoice").click()
        self.press(re.compile("[Cc]ard"))
        self.page.get_by_role("link", name=re.compile("^Continue to")).click()

    def pay(self) -> None:
        """At the payment provider: with the card that is chosen, and back to the shop."""
        self.page.get_by_role("button", name=re.compile("^Pay ")).click()
        self.page.wait_for_url("**/return/**")

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of the page's main part."""
        self.page.get_by_role("main").get_by_role("button", name=name).first.click()


def log_in(page: Page, demo: Demo, login: tuple[str, str]) -> None:
    """Log in by the form."""
    page.goto(f"{demo.address}/accounts/login/")
    page.get_by_label("E-mail address").fill(login[0])
    page.get_by_label("Password").fill(login[1])
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def wait_by_reloading(page: Page, url: str, sign: Locator, tries: int = 60) -> None:
    """Open the address again until the sign is there, as people do."""
    for _ in range(tries):
        page.goto(url)
        if sign.count():
            return
        page.wait_for_timeout(500)
    expect(sign).to_be_visible()
