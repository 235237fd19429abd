"""A subject is typed and answers appear below it, in a real browser under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buying import log_in
from tests.browser.chromium import Watched, window
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

PART = "**/help/matching/answers/**"


@pytest.fixture(scope="module")
def client(browser: Browser, demo: Demo, logins) -> Iterator[Watched]:
    """A client's window."""
    with window(browser) as watched:
        log_in(watched.page, demo, logins["client"])
        yield watched


@pytest.fixture
def asked(client: Watched) -> Iterator[list[str]]:
    """What was asked for, in order; each answer says what it answers."""
    seen: list[str] = []

    def answer(route, request):
        [typed] = parse_qs(urlsplit(request.url).query)["q"]
        seen.append(typed)
        row = f'<li><span class="grow"><a href="/help/" target="_blank" rel="noopener">About {typed}</a></span></li>'
        route.fulfill(content_type="text/html", body=f'<p>1 answer</p><ul class="list">{row}</ul>')

    client.page.route(PART, answer)
    yield seen
    client.page.unroute(PART)


def at(client: Watched, demo: Demo) -> Page:
    client.page.goto(f"{demo.address}/tickets/new/")
    return client.page


def test_answers_appear_below_the_subject_and_one_question_is_asked_for_many_letters(client, demo, asked):
    page = at(client, demo)
    page.get_by_label("Subject").press_sequentially("restart", delay=40)
    region = page.locator("[data-answers]")
    expect(region.get_by_role("link", name="About restart")).to_be_visible()
    assert asked == ["restart"]
    expect(region.locator("[aria-live=polite]")).to_have_text("1 answer")
    assert region.locator("[role=status]").count() == 0
    page.keyboard.press("Tab")
    expect(region.get_by_role("link")).to_be_focused()
    page.get_by_label("Subject").fill("re")
    expect(region.get_by_role("link")).to_have_count(0)
    expect(region.locator("[aria-live=polite]")).to_have_text("")
    assert client.complaints == []


def test_an_answer_that_comes_late_does_not_replace_the_newer_one(client, demo, asked):
    page = at(client, demo)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/help/matching/answers/?q=slow", hold)
    subject = page.get_by_label("Subject")
    with page.expect_request("**/help/matching/answers/?q=slow") as first:
        subject.fill("slow")
    subject.fill("quick")
    link = page.locator("[data-answers] a")
    expect(link).to_contain_text("About quick")
    assert first.value.failure == "net::ERR_ABORTED"
    page.unroute("**/help/matching/answers/?q=slow")
    assert client.complaints == []


def test_the_shop_itself_answers_and_a_refusal_leaves_what_stands(client, demo):
    page = at(client, demo)
    subject, region = page.get_by_label("Subject"), page.locator("[data-answers]")
    with page.expect_response(PART) as real:
        subject.fill("restart my server")
    assert real.value.status == 200
    links = region.get_by_role("link").count()
    page.route(PART, lambda route: route.fulfill(status=429, content_type="text/html", body="<p>Wait</p>"))
    with page.expect_response(PART):
        subject.fill("restart my server please")
    expect(region).not_to_contain_text("Wait")
    assert region.get_by_role("link").count() == links
    page.unroute(PART)
    assert client.complaints == []
