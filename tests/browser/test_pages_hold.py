"""Every page that a visitor, a client or staff can open holds on a telephone, and the browser has nothing to say."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buying import Newcomer, log_in
from tests.browser.chromium import Watched, window
from tests.browser.routes import GUESSED, STARTS, Crawl
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

NARROW = 320
DASH = chr(0x2013)
PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
SIDEWAYS = Path(__file__).with_name("sideways.js").read_text(encoding="utf-8")

# At the end of a form, not of a link (the walks of buying pass them), or a short address that leads on.
NOT_LINKED = {
    "/accounts/check-mail/", "/billing/checkout/account/", "/domains/", "/domains/order/",
    # Where pages were before, and the second half of a log-in.
    "/accounts/profile/", "/accounts/security/", "/accounts/two-factor/",
}  # fmt: skip


@pytest.fixture(scope="module", params=list(STARTS))
def role(request, browser: Browser, demo: Demo, logins) -> Iterator[tuple[str, Watched]]:
    """A window of a visitor, of a client, or of staff."""
    with window(browser, width=NARROW, height=720) as watched:
        if request.param in logins:
            log_in(watched.page, demo, logins[request.param])
        yield request.param, watched


def test_every_page_holds_at_320_pixels_and_the_browser_has_nothing_to_say(role, routes, demo: Demo):
    name, watched = role
    for_role = [route for route in routes if route.is_for(name)]
    found = Crawl(demo, watched.page, for_role).walk(*STARTS[name], *GUESSED.values())
    watched.complaints.clear()
    wrong: list[str] = []
    for path in sorted(path for paths in found.values() for path in paths):
        answer = watched.page.goto(demo.address + path)
        assert answer is not None
        if answer.status >= (500 if path in GUESSED.values() else 400):
            wrong.append(f"{path}: answers {answer.status}")
        wrong += [f"{path}: {what}" for what in _problems(watched.page)]
    assert wrong + watched.complaints == [], "\n".join(wrong + watched.complaints)


def test_links_lead_to_every_declared_page(browser: Browser, routes, demo: Demo, logins):
    looked = set(GUESSED) | NOT_LINKED
    for name, starts in STARTS.items():
        with window(browser) as watched:
            if name in logins:
                log_in(watched.page, demo, logins[name])
            looked |= set(
                Crawl(demo, watched.page, [one for one in routes if one.is_for(name)]).walk(*starts)
            )
    # The demo has no dispute, draft or credit note to lead to: pages of one thing are asked for where they are listed.
    fixed = {route.pattern for route in routes if "{" not in route.pattern}
    assert fixed - looked - {"/billing/pay/"} == set(), "nobody gets there by links"


def _problems(page: Page) -> list[str]:
    seen = page.evaluate(PROBE)
    found = []
    if seen["h1"] != 1 or seen["main"] != 1:
        found.append(f"{seen['h1']} first headings, {seen['main']} main parts")
    if not re.match(rf"^(Error: )?\w.* {DASH} ", seen["title"]):
        found.append(f"title {seen['title']!r}")
    for what in ("nameless", "mute", "twice", "small"):
        found += [f"{what}: {one}" for one in seen[what]]
    if seen["styled"]:
        found.append("inline style or script")
    return found + [what for way in ("ltr", "rtl") for what in page.evaluate(SIDEWAYS, way)]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    with window(browser) as watched:
        yield watched


def test_a_form_in_error_takes_the_focus_to_its_summary_and_from_there_to_the_field(visitor, demo: Demo):
    page = visitor.page
    page.goto(f"{demo.address}/accounts/signup/")
    page.get_by_label("E-mail address").fill("nobody")
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value("nobody")
    page.locator("#errors a[href='#name']").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    assert page.get_by_label("Your name").get_attribute("aria-invalid") == "true"


def test_the_cookie_chooses_light_or_dark_and_without_it_the_system_does(browser: Browser, demo: Demo):
    shades = {}
    for cookie in ("light", "dark", None):
        for system in ("light", "dark"):
            with window(browser) as watched:
                if cookie:
                    watched.prefer(cookie, demo.address)
                watched.page.emulate_media(color_scheme=system)
                watched.page.goto(f"{demo.address}/pricing/")
                shades[cookie, system] = _is_dark(watched.page)
    assert shades == {
        ("light", "light"): False,
        ("light", "dark"): False,
        ("dark", "light"): True,
        ("dark", "dark"): True,
        (None, "light"): False,
        (None, "dark"): True,
    }


def _is_dark(page: Page) -> bool:
    colours = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", colours)[:3])
    return red + green + blue < 3 * 128


def test_the_keyboard_skips_to_the_content_and_always_shows_where_it_is(visitor, demo: Demo):
    page = visitor.page
    page.goto(f"{demo.address}/pricing/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [document.activeElement.outerHTML.slice(0, 80), s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        assert (outline[1], outline[2] >= 2) == ("solid", True), f"focus cannot be seen: {outline}"
    page.goto(f"{demo.address}/pricing/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_escape_closes_the_account_menu_and_gives_the_focus_back(visitor, demo: Demo):
    page = visitor.page
    log_in(page, demo, demo.logins["client"])
    summary = page.locator("details.menu summary").first
    summary.focus()
    page.keyboard.press("Enter")
    profile = page.locator("details.menu").get_by_role("link", name="Profile")
    expect(profile).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(profile).to_be_hidden()
    expect(summary).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no-javascript"])
def test_the_menus_open_on_a_telephone(browser: Browser, demo: Demo, scripts):
    with window(browser, scripts=scripts, width=NARROW, height=720) as watched:
        log_in(watched.page, demo, demo.logins["client"])
        watched.page.get_by_role("button", name="Menu", exact=True).click()
        billing = watched.page.locator("#nav").get_by_role("link", name="Billing")
        expect(billing).to_be_visible()
        billing.click()
        expect(watched.page).to_have_url(f"{demo.address}/billing/")
        watched.page.locator("details.menu summary").click()
        watched.page.get_by_role("link", name="Security").click()
        expect(watched.page).to_have_url(f"{demo.address}/account/security/")
        assert watched.complaints == []


def test_a_dark_invoice_prints_dark_on_white_without_menus(browser: Browser, demo: Demo):
    with window(browser) as watched:
        newcomer = Newcomer(demo, watched.page, "Piet de Vries", f"piet-{secrets.token_hex(4)}@example.test")
        newcomer.sign_up()
        newcomer.choose(f"vries-{secrets.token_hex(4)}.example.test")
        newcomer.check_out()
        page = watched.page
        watched.prefer("dark", demo.address)
        page.get_by_role("link", name="Pay the invoice").click()
        assert _is_dark(page)
        page.emulate_media(media="print")
        paper = page.locator(".paper")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        ink, ground = paper.evaluate(
            "(e) => { const s = getComputedStyle(e); return [s.color, s.backgroundColor] }"
        )
        assert _light(ground) > 240
        assert _light(ink) < 60
        expect(page.locator(".topbar")).to_be_hidden()
        expect(page.get_by_role("button", name=re.compile("[Cc]ard"))).to_have_count(0)
        expect(paper).to_contain_text("Total")


def _light(colour: str) -> float:
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)]
    return 255 if len(parts) == 4 and parts[3] == 0 else sum(parts[:3]) / 3
