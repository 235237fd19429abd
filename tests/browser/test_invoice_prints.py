"""A normal invoice prints on one light page, also from a dark screen, without what is only good on a screen."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Route
from pypdf import PdfReader

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.rules import LineDraft
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle, Period
from ezcore.settings import Tax
from tests.browser.chromium import window
from tests.fixtures_shop import SITE

pytestmark = pytest.mark.browser

BACKGROUND = "(part) => getComputedStyle(document.querySelector(part)).backgroundColor"


@pytest.fixture
def bill(shop, as_client):
    """A client's browser and the address of an invoice of twelve lines with period and detail, 22 % tax and a note."""
    shop.work.settings = replace(
        shop.work.settings, tax=Tax(seller_country="EE", seller_tax_number="EE101234567")
    )
    ann = as_client()
    with shop.work.write() as uow:
        month = Period.of(uow.today(), Cycle.parse("1 month"))
        lines = [
            LineDraft(
                f"VPS Atlas 2 · host-{number}.example.test", Money(900, "EUR"), "2 cores, 4 GiB", period=month
            )
            for number in range(12)
        ]
        number = invoices.issue(uow, 1, "EUR", lines, due_on=uow.today()).number
    return ann, f"/billing/invoices/{number}/"


def answers_from(site):
    """Lets the browser's requests be answered by the application itself, without a port."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        found = site.get(path, expect_errors=True)
        headers = dict(found.headers)
        headers.pop("Cross-Origin-Opener-Policy", None)  # Chromium complains of it where there is no TLS
        route.fulfill(status=found.status_int, headers=headers, body=found.body)

    return answer


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_normal_invoice_is_one_light_page(browser: Browser, bill, mode):
    ann, address = bill
    ann.set_cookie("ez_mode", mode)
    with window(browser) as watched:
        watched.page.route("**/*", answers_from(ann))
        watched.page.goto(f"{SITE}{address}")
        pdf = watched.page.pdf(prefer_css_page_size=True, print_background=True)
        watched.page.emulate_media(media="print")
        paper = [watched.page.evaluate(BACKGROUND, part) for part in ("body", ".paper")]
        ink = watched.page.evaluate("() => getComputedStyle(document.querySelector('.paper th')).color")
        assert watched.complaints == []
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    width, height = (round(float(side)) for side in (pages[0].mediabox.width, pages[0].mediabox.height))
    assert abs(width - 595) <= 1, "A4"
    assert abs(height - 842) <= 1, "A4"
    assert all(colour in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)") for colour in paper)
    assert lightness(ink) < 100, "dark ink on white paper"
    text = " ".join(pages[0].extract_text().split())
    for shown in ("host-0.example.test", "host-11.example.test", "€108.00", "Billed to".upper()):
        assert shown.lower() in text.lower()
    for hidden in ("Log out", "Pay with", "Factur-X", "Dashboard"):
        assert hidden not in text


def lightness(colour: str) -> float:
    """Of `rgb(r, g, b)`, 0 to 255."""
    parts = [float(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    return sum(parts) / 3
