"""The ways of money in Chromium: what is shown is what is charged, to the cent, from the cart to the dispute.

All prices are those of the demo's catalog, without tax; each amount is calculated by hand beside it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.buying import wait_by_reloading
from tests.browser.chromium import Watched, window
from tests.browser.money_walk import Payer, cashier, has_line
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

MINUS = chr(0x2212)


def _payer(watched: Watched, demo: Demo, name: str) -> Payer:
    mail = f"{name.partition(' ')[0].lower()}-{secrets.token_hex(4)}@example.test"
    payer = Payer(demo, watched.page, name, mail)
    payer.sign_up()
    return payer


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def buyer(request, browser: Browser, demo: Demo) -> Iterator[tuple[Payer, Watched]]:
    with window(browser, scripts=request.param) as watched:
        yield _payer(watched, demo, "Mira Okafor"), watched


@pytest.fixture(scope="module")
def tenant(browser: Browser, demo: Demo) -> Iterator[tuple[Payer, Watched, str]]:
    """A client whose first invoice is paid by card: Web Pro 7.00 less 20 % (1.40) is 5.60."""
    with window(browser) as watched:
        payer = _payer(watched, demo, "Jonas Ek")
        number = payer.order_and_leave_unpaid("web-pro", code="WELCOME20", first=True)
        payer.pay_by_card("5.60")
        payer.wait_until_paid(number)
        yield payer, watched, number


def test_buying_with_a_code_and_options_then_upgrading_and_paying_a_part_from_credit(buyer):
    payer, watched = buyer
    host = f"atlas-{secrets.token_hex(4)}.example.test"
    _buys_with_a_code_and_options(payer, host)
    _adds_funds(payer)
    payer.go("/dashboard/services/")
    payer.page.get_by_role("main").get_by_role("link", name=host).first.click()
    service = payer.page.url
    active = payer.page.locator(".page-head .badge", has_text="Active")
    wait_by_reloading(payer.page, service, active, tries=120)
    _upgrades_at_the_price_that_was_shown(payer, service)
    _pays_a_part_from_credit_and_the_rest_by_card(payer)
    wait_by_reloading(payer.page, service, payer.page.locator("main", has_text="€21.00 per month"))
    assert watched.complaints == [], "the browser complained"


def _buys_with_a_code_and_options(payer: Payer, host: str) -> None:
    page = payer.page
    payer.choose_with_options(host)
    # VPS S 6.00, twice the disk 3.00, two addresses at 1.50 = 3.00, nightly copies 2.00, kept for a month 1.00
    has_line(page.locator(".totals"), "Due today", "€15.00")
    payer.press("Add to cart")
    payer.use_code("welcome20")
    # 20 % of 15.00 = 3.00; three invoices get it: this one and two renewals
    has_line(page.locator(".totals"), "Code WELCOME20", f"{MINUS}€3.00")
    has_line(page.locator(".totals"), "Due today", "€12.00")
    expect(page.get_by_role("main")).to_contain_text("then €12.00 per month")
    payer.continue_to_review()
    payer.give_address()
    payer.accept()
    page.get_by_role("link", name="Pay the invoice").click()
    number = payer.number
    has_line(page.locator(".paper .totals"), "Amount due", "€12.00")
    payer.pay_by_card("12.00")
    payer.wait_until_paid(number)


def _adds_funds(payer: Payer) -> None:
    payer.go("/billing/credit/")
    payer.page.get_by_label("Amount in EUR").fill("10")
    payer.press("Add funds")
    number = payer.number
    payer.pay_by_card("10.00")
    payer.wait_until_paid(number)
    payer.go("/billing/credit/")
    expect(payer.page.locator(".due-amount")).to_have_text("€10.00")


def _upgrades_at_the_price_that_was_shown(payer: Payer, service: str) -> None:
    page = payer.page
    page.goto(f"{service}change/")
    page.locator("input[name='product'][value='vps-m']").check()
    payer.press("Show what it costs")
    # VPS M 12.00 + 3.00 + 3.00 + 2.00 + 1.00 = 21.00, less 20 % (4.20) = 16.80; 12.00 is paid for the same days
    summary = page.locator("aside .totals")
    has_line(summary, "New price for these days", "€16.80")
    has_line(summary, "Unused part of the old price", f"{MINUS}€12.00")
    has_line(summary, "Due today", "€4.80")
    aside = page.get_by_role("complementary", name="What changes")
    expect(aside).to_contain_text("€16.80 per month, and €21.00 when your promotion has run out")
    payer.press("Change and pay")
    has_line(page.locator(".paper .totals"), "Amount due", "€4.80")


def _pays_a_part_from_credit_and_the_rest_by_card(payer: Payer) -> None:
    page, number = payer.page, payer.number
    page.get_by_label("Use credit").fill("2.50")
    payer.press("Pay from credit")
    # 4.80 - 2.50 = 2.30 stay to be paid; 10.00 - 2.50 = 7.50 stay as credit
    has_line(page.locator(".paper .totals"), "Amount due", "€2.30")
    expect(page.get_by_role("main")).to_contain_text("€7.50 to use")
    payer.pay_by_card("2.30")
    payer.wait_until_paid(number)
    applied = page.get_by_role("region", name="Applied to it")
    has_line(applied, "Account credit", "€2.50")
    has_line(applied, "Payment", "€2.30")


def test_half_of_a_payment_is_given_back_and_its_credit_note_opens(browser: Browser, demo: Demo, tenant):
    payer, watched, number = tenant
    with cashier(browser, demo) as (staff, counter):
        staff.open_payment_of(number)
        # half of 5.60 = 2.80
        staff.wish_to_give_back("2.80", "The site was slow")
        expect(staff.page.get_by_role("status")).to_contain_text(f"Credit note on invoice {number}: €2.80")
        staff.page.get_by_role("button", name="Give back").click()
        expect(staff.page.locator("dl.meta", has_text="Given back")).to_contain_text("€2.80")
        sent = staff.page.get_by_role("region", name="Refunds").locator("li", has_text="Given back")
        wait_by_reloading(staff.page, staff.page.url, sent)
        assert counter.complaints == []
    payer.open_invoice(number)
    payer.page.get_by_role("region", name="Credit notes").get_by_role("link").click()
    # half of each line: 7.00 / 2 = 3.50, and the code's 1.40 / 2 = 0.70
    paper = payer.page.get_by_role("article")
    has_line(paper.locator("tbody"), re.compile(r"^\s*Web Pro"), "€3.50")
    has_line(paper.locator("tbody"), "WELCOME20", f"{MINUS}€0.70")
    has_line(paper.locator(".totals"), "Total taken back", "€2.80")
    has_line(paper.locator(".totals"), "back to the card", f"{MINUS}€2.80")
    assert watched.complaints == []


def test_two_invoices_are_paid_at_once(tenant):
    payer, watched, _ = tenant
    numbers = [payer.order_and_leave_unpaid(slug) for slug in ("web-start", "web-pro")]
    payer.go("/billing/")
    payer.page.get_by_role("link", name="Pay several").click()
    for box in payer.page.locator("input[name='invoice']").all():
        box.set_checked(box.get_attribute("value") in numbers)
    # Web Start 3.50 + Web Pro 7.00 = 10.50
    payer.pay_by_card("10.50")
    expect(payer.page.get_by_role("status")).to_contain_text("Please do not pay a second time")
    for number, amount in zip(numbers, ("€3.50", "€7.00"), strict=True):
        payer.wait_until_paid(number)
        has_line(payer.page.get_by_role("region", name="Applied to it"), "Payment", amount)
    assert watched.complaints == []


def test_an_invoice_is_paid_by_its_link_without_login_and_the_bank_takes_the_money_back(
    browser: Browser, demo: Demo, tenant
):
    payer, watched, _ = tenant
    number, cards = payer.order_and_leave_unpaid("web-agency"), payer.stored_cards()
    with window(browser) as stranger:
        friend = Payer(demo, stranger.page, "A friend", payer.email)
        friend.open_mail(number)
        stranger.page.locator("main a[href*='/pay/']").click()
        expect(stranger.page.locator(".due-amount")).to_have_text("€19.00")  # Web Agency, a month
        friend.pay_by_card("19.00")
        paid = stranger.page.get_by_role("heading", name="Paid, thank you")
        wait_by_reloading(stranger.page, stranger.page.url, paid)
        assert stranger.complaints == []
    payer.wait_until_paid(number)
    assert payer.stored_cards() == cards, "the card of whoever holds the link is not kept for renewals"
    with cashier(browser, demo) as (staff, counter):
        name = staff.open_payment_of(number)
        demo.control("stripe", "dispute", {"payment_intent": name, "reason": "fraudulent"})
        page = staff.page
        row = page.locator("tbody tr", has_text=payer.name).filter(has_text="€19.00")
        wait_by_reloading(page, f"{demo.address}/admin/disputes/", row)
        row.first.get_by_role("link").first.click()
        facts = page.get_by_role("region", name="Facts")
        # the bank withdraws all of 19.00 and the gateway asks its fee of 15.00 for a dispute
        for words, amount in (("Withdrawn", "19.00"), ("Fee", "15.00"), ("Out of our books now", "19.00")):
            assert facts.locator(f"dt:text-is('{words}') + dd").inner_text() == f"€{amount}"
        has_line(page.get_by_role("region", name="Invoices that it paid"), number, "€19.00")
        assert counter.complaints == []
    payer.open_invoice(number)
    has_line(payer.page.locator(".paper .totals"), "Amount due", "€19.00")
    assert watched.complaints == []


def test_the_card_is_changed_in_the_portal_of_the_provider(tenant):
    payer, watched, _ = tenant
    page = payer.page
    assert payer.stored_cards()[0] == "Visa ending in 4242"
    page.get_by_role("link", name="Manage at the provider").click()
    payer.press(re.compile("^Open "))
    payer.go_to_checkout()
    page.get_by_label(re.compile("^Mastercard")).check()
    page.get_by_role("button", name="Add and make default").click()
    expect(page.get_by_role("main")).to_contain_text("Mastercard •••• 4444")
    page.get_by_role("link", name="Back to the shop").click()
    used = page.locator("li", has_text="Mastercard ending in 4444").filter(has_text="Renewals")
    wait_by_reloading(page, f"{payer.demo.address}/billing/methods/", used)
    payer.go("/billing/")
    expect(page.get_by_role("main")).to_contain_text("Renewals are charged to Mastercard ending in 4444.")
    assert watched.complaints == []
