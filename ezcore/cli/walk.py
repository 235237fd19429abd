"""The main job, walked like a client would: sign up, verify, order, pay, wait, look."""

from __future__ import annotations

import json
import re
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ezcore.cli.browser import Browser, Page, WalkFailed

T = TypeVar("T")
PLAN = "/pricing/vps-s/"

# (call, kind, times, args): understood by whichever sandbox has that call; a sandbox without it never meets it.
FAULTS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("clone", "lose_answer", 1, {}),
    ("webhooks.payment_intent.*", "reorder_webhooks", 2, {"count": 2}),
    ("webhooks.c*", "duplicate_webhooks", 20, {"copies": 3}),
)


@dataclass
class Vendors:
    """The sandboxes of the demo, looked into by their control doors."""

    addresses: Mapping[str, str]
    ca_file: str

    def misbehave(self) -> None:
        """Script the faults of `--faults`."""
        for call, kind, times, args in FAULTS:
            body = json.dumps({"call": call, "kind": kind, "times": times, "args": args}).encode()
            for address in self.addresses.values():
                Browser(self.ca_file).post_json(f"{address}/_control/faults", body)

    def behave(self) -> None:
        """Let go of what a fault holds back; leave no script behind."""
        for address in self.addresses.values():
            browser = Browser(self.ca_file)
            browser.post_json(f"{address}/_control/webhooks/release", b"{}")
            browser.delete(f"{address}/_control/faults")

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """Every document of this kind at any vendor."""
        found: list[dict[str, Any]] = []
        for address in self.addresses.values():
            state = json.loads(Browser(self.ca_file).get(f"{address}/_control/state").text)
            found += state.get(kind, [])
        return found


def walk(site: str, vendors: Vendors, logins: Sequence[Mapping[str, str]], wait: float) -> dict[str, Any]:
    """Walk the main job; returns the facts of this run. Raises: WalkFailed."""
    mark = secrets.token_hex(4)
    email, host = f"smoke-{mark}@example.test", f"smoke-{mark}.example.test"
    browser = Browser(vendors.ca_file)
    _sign_up(browser, site, email)
    say("signed up and verified")
    order = _order(browser, site, host)
    say(f"ordered: {order.url}")
    invoice_url = order.link("/billing/invoices/")
    _pay(browser, browser.get(invoice_url))
    say("paid at the gateway")
    service_url = browser.get(f"{site}/dashboard/services/").link("/dashboard/services/")
    patiently(wait, "the service to become active", lambda: _badge(browser.get(service_url)) == "Active")
    invoice = patiently(wait, "the invoice to be paid", lambda: _paid(browser.get(invoice_url)))
    found = {
        "service": _badge(browser.get(service_url)).lower(),
        "invoice": _badge(invoice).lower(),
        "vms": sum(vm["name"] == host for vm in vendors.documents("vms")),
        "payments": _payments(vendors, email),
        "ledger_sum": _ledger_sum(site, vendors, logins),
    }
    right = {"service": "active", "invoice": "paid", "vms": 1, "payments": 1, "ledger_sum": 0}
    return {"ok": found == right, **found}


def say(text: str) -> None:
    """Progress, for people."""
    print(f"  {text}", file=sys.stderr)


def patiently(seconds: float, what: str, ask: Callable[[], T | None]) -> T:
    """Ask again until there is an answer. Raises: WalkFailed when the time is over."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > end:
            raise WalkFailed(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.5)
    return answer


def _sign_up(browser: Browser, site: str, email: str) -> None:
    page = browser.get(f"{site}/accounts/signup/")
    form = page.form(has="email", action="signup")
    password = f"lantern {secrets.token_hex(6)} harbour"
    browser.submit(page, form, name="Smoke Walker", email=email, password=password, country="EE", terms="yes")
    mail = patiently(20, "the verification mail", lambda: _mail_to(browser, site, email))
    link = re.search(rf"{re.escape(site)}/accounts/verify/[^\s\"<]+", mail.text)
    if link is None:
        raise WalkFailed("the verification mail has no link")
    confirm = browser.get(link.group(0))
    done = browser.submit(confirm, confirm.form(action="verify"))
    if done.status >= 400:  # noqa: PLR2004
        raise WalkFailed(f"verification answered {done.status}")


def _mail_to(browser: Browser, site: str, email: str) -> Page | None:
    sink = browser.get(f"{site}/_mail/")
    for row in re.findall(r"<tr.*?</tr>", sink.text, re.DOTALL):
        if email in row and (found := re.search(r"/_mail/(\d+)/", row)):
            return browser.get(f"{site}/_mail/{found.group(1)}/")
    return None


def _order(browser: Browser, site: str, host: str) -> Page:
    page = browser.get(f"{site}{PLAN}")
    cart = browser.submit(page, page.form(has="wish-hostname"), **{"wish-hostname": host, "do": "add"})
    if "/cart/" not in cart.url:
        raise WalkFailed(f"the plan was not put in the cart ({cart.status} {cart.url})")
    page = browser.get(f"{site}/billing/checkout/")
    if "/billing/checkout/billing/" in page.url:
        address = {"line1": "Harju 6", "city": "Tallinn", "postcode": "10130", "country": "EE"}
        page = browser.submit(page, page.form(action="/billing/checkout/billing/"), **address)
    order = browser.submit(page, page.form(action="/billing/checkout/review/"), terms="yes")
    if "/orders/" not in order.url:
        raise WalkFailed(f"the order was not placed ({order.status} {order.url})")
    return order


def _pay(browser: Browser, invoice: Page) -> None:
    going = browser.submit(invoice, invoice.form(action="/pay/"))
    hosted = browser.get(
        next((link for link in going.links if "/c/pay/" in link), "") or going.link("checkout")
    )
    browser.submit(hosted, hosted.form(has="card"), action="pay")


def _badge(page: Page) -> str:
    found = re.search(r'<h1.*?class="badge[^"]*"[^>]*>([^<]+)<', page.text, re.DOTALL)
    return found.group(1).strip() if found else ""


def _paid(page: Page) -> Page | None:
    return page if _badge(page) == "Paid" else None


def _payments(vendors: Vendors, email: str) -> int:
    own = {customer["id"] for customer in vendors.documents("customer") if customer.get("email") == email}
    intents = vendors.documents("payment_intent")
    return sum(intent["customer"] in own and intent["status"] == "succeeded" for intent in intents)


def _ledger_sum(site: str, vendors: Vendors, logins: Sequence[Mapping[str, str]]) -> int:
    staff = next(login for login in logins if "staff" in login["role"])
    browser = Browser(vendors.ca_file)
    page = browser.get(f"{site}/accounts/login/")
    browser.submit(page, page.form(has="password"), email=staff["email"], password=staff["password"])
    ledger = browser.get(f"{site}/admin/ledger/balance/")
    sums = re.findall(r'id="ledger-sum-[A-Z]{3}" value="(-?\d+)"', ledger.text)
    if not sums:
        raise WalkFailed(f"the ledger page shows no sum ({ledger.status} {ledger.url})")
    return sum(abs(int(value)) for value in sums)
