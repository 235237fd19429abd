"""A newcomer buys a server in Chromium, once with JavaScript and once without.

The redirect from the gateway moves nothing: the webhooks are held back until the test lets them go.
"""

from __future__ import annotations

import re
import secrets
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buying import SSH_KEY, Newcomer
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

STEP_TIME = re.compile(r"\b\d\d:\d\d:\d\d\b")
ADDRESS = re.compile(r"^10\.77\.0\.\d+$")
PATIENCE = 60_000


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def shopper(request, browser: Browser, demo: Demo):
    """Somebody new in front of the shop; the payment sandbox behaves again when they leave."""
    with window(browser, scripts=request.param) as watched:
        mark = secrets.token_hex(4)
        yield Newcomer(demo, watched.page, "Mira Okafor", f"mira-{mark}@example.test"), watched, request.param
    demo.let_webhooks_go()


def test_a_newcomer_pays_and_the_webhook_delivers_the_server(shopper, demo: Demo):
    newcomer, watched, scripts = shopper
    page, host = watched.page, f"atlas-{secrets.token_hex(4)}.example.test"
    newcomer.sign_up()
    assert page.url.startswith(demo.address), "the confirmation ends inside the shop"
    newcomer.choose(host, disk="double")
    newcomer.check_out()
    newcomer.go_to_the_gateway()

    demo.hold_webhooks()
    expect(page.locator(".amount")).to_contain_text("9.00 EUR")
    newcomer.pay()

    _the_redirect_alone_activates_nothing(newcomer, host)
    # The cluster takes its time, so that the set-up is seen at work on a quick machine and on a busy one.
    for call in ("clone", "resize"):
        demo.control("proxmox", "faults", {"call": call, "kind": "delay", "times": 1, "args": {"seconds": 6}})
    demo.let_webhooks_go()
    _the_webhook_marks_it_paid(page, scripts=scripts)
    _the_steps_lead_to_an_active_server(newcomer, scripts=scripts)
    _the_cluster_holds_just_what_was_ordered(demo, host)
    assert watched.complaints == [], "the browser complained"


def _the_redirect_alone_activates_nothing(newcomer: Newcomer, host: str) -> None:
    page = newcomer.page
    expect(page.get_by_role("heading", name="We are waiting for your bank")).to_be_visible()
    came_back_to = page.url
    time.sleep(2)  # longer than the worker's sweep: whatever the redirect could have caused would have begun
    newcomer.go("/dashboard/services/")
    expect(page.locator("tr", has_text=host)).to_contain_text("Waiting for payment")
    assert newcomer.demo.machines(host) == []
    page.goto(came_back_to)
    expect(page.get_by_role("heading", name="We are waiting for your bank")).to_be_visible()


def _the_webhook_marks_it_paid(page: Page, *, scripts: bool) -> None:
    paid = page.get_by_role("heading", name="Paid, thank you")
    if scripts:
        expect(paid).to_be_visible(timeout=PATIENCE)
    else:
        _press_until(page, "Look again", lambda: paid.count() > 0)


def _the_steps_lead_to_an_active_server(newcomer: Newcomer, *, scripts: bool) -> None:
    page = newcomer.page
    page.get_by_role("link", name="See your order").click()
    page.get_by_role("main").get_by_role("heading", level=2).first.get_by_role("link").click()
    badge = page.locator(".page-head .badge")
    expect(badge).to_have_text("Setting up")
    steps = page.locator(".steps li")
    if scripts:
        expect(steps.nth(3)).to_be_visible(timeout=PATIENCE)
    else:
        _press_until(page, "Refresh", lambda: steps.count() > 3)
    if scripts:
        page.evaluate("window.sameDocument = true")
        expect(page.locator(".steps li.done").nth(3)).to_be_visible(timeout=PATIENCE)
        assert page.evaluate("window.sameDocument"), "the live region moves without loading the page again"
        expect(badge).to_have_text("Active", timeout=PATIENCE)
    else:
        _press_until(page, "Refresh", lambda: badge.inner_text() == "Active")
    page.locator("details summary", has_text="Show the steps").click()
    for step in page.locator(".steps li").all():
        expect(step).to_have_class(re.compile(r"\bdone\b"))
        assert STEP_TIME.search(step.inner_text()), f"a step without its time: {step.inner_text()!r}"
    expect(page.get_by_role("region", name="Access").locator("code").first).to_have_text(ADDRESS)


def _the_cluster_holds_just_what_was_ordered(demo: Demo, host: str) -> None:
    machines = demo.machines(host)
    assert len(machines) == 1
    machine = machines[0]
    assert "ez" in machine["tags"].split(";")
    assert (machine["cores"], machine["memory"], machine["disk_gb"]) == (1, 2048, 50)
    assert (machine["status"], machine["user"], machine["keys"]) == ("running", "debian", [SSH_KEY])


def _press_until(page: Page, link: str, arrived, tries: int = 60) -> None:
    for _ in range(tries):
        if arrived():
            return
        page.wait_for_timeout(1000)
        page.get_by_role("link", name=link).first.click()
    raise AssertionError(f"pressed {link!r} {tries} times and waited in vain: {page.inner_text('main')}")


def test_a_declined_card_leaves_the_invoice_open_and_can_be_tried_again(browser: Browser, demo: Demo):
    with window(browser) as watched:
        newcomer = Newcomer(demo, watched.page, "Aino Virtanen", f"aino-{secrets.token_hex(4)}@example.test")
        host = f"pine-{secrets.token_hex(4)}.example.test"
        newcomer.sign_up()
        newcomer.choose(host)
        newcomer.check_out()
        newcomer.go_to_the_gateway()
        page = watched.page
        page.get_by_label(re.compile("Is declined")).first.check()
        page.get_by_role("button", name=re.compile("^Pay ")).click()
        expect(page.get_by_role("alert")).to_be_visible()
        newcomer.go("/dashboard/services/")
        expect(page.locator("tr", has_text=host)).to_contain_text("Waiting for payment")
        newcomer.go("/billing/")
        page.get_by_role("main").get_by_role("link", name=re.compile(r"^\d{4}-\d+")).first.click()
        expect(
            page.get_by_role("main").get_by_role("button", name=re.compile("[Cc]ard")).first
        ).to_be_enabled()
        assert _own(watched, demo) == []


def _own(watched: Watched, demo: Demo) -> list[str]:
    return [said for said in watched.complaints if said.startswith(demo.address)]
