"""The mail sink shows what was mailed, in demo shops only, and nothing in a mail is more than text."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from ezcore.accounts import operations as accounts
from ezcore.messaging.operations import queue_mail
from ezcore.web.storefront.mail_sink import pieces_of
from tests.fixtures_accounts import ANN
from tests.functional.accounts.conftest import Browser, build

SITE = "http://127.0.0.1:6543"


def mail(work, key="x", name="Ann", link=f"{SITE}/billing/invoices/2026-00001/", **changes):
    values = {
        "name": name,
        "service": "web-1",
        "product": "VPS S",
        "reason": "not paid",
        "link": link,
        **changes,
    }
    values.setdefault("suspended_on", work.clock.now().date())
    with work.write() as uow:
        return queue_mail(uow, "service_suspended", ANN, values, key=key).id


def test_the_newest_mail_comes_first(work, browser):
    mail(work, "first", service="web-1")
    mail(work, "second", service="web-2")
    rows = [link.text for link in browser.get("/_mail/").html.select("tbody a")]
    assert rows == ["web-2 is suspended", "web-1 is suspended"]


def test_an_empty_sink_says_what_to_do(browser):
    assert "No mail yet" in browser.get("/_mail/")


def test_a_link_to_our_own_site_can_be_clicked(work, browser):
    mail_id = mail(work)
    page = browser.get(f"/_mail/{mail_id}/")
    assert page.html.select(".pre a")[0]["href"] == f"{SITE}/billing/invoices/2026-00001/"


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>",
        "http://evil.example/",
        "javascript:alert(1)",
        f"{SITE}.evil.example/",
        f"{SITE}@evil.example/",
    ],
)
def test_what_was_typed_is_text_only(work, browser, hostile):
    page = browser.get(f"/_mail/{mail(work, reason=hostile)}/")
    body = page.html.select_one(".pre")
    assert hostile in body.text
    assert not body.find("img")
    assert {urlsplit(link["href"]).netloc for link in body.find_all("a")} == {"127.0.0.1:6543"}


@pytest.mark.parametrize(
    "mail_id", ["0", "-1", "99", "9" * 30, "1e3", "0x1", "%EF%BC%91", "1;drop", "' OR 1=1--", "x"]
)
def test_ids_that_are_none_are_not_found(work, browser, mail_id):
    mail(work)
    browser.get(f"/_mail/{mail_id}/", status=404)


def test_a_shop_with_real_mail_has_no_sink(work, ann):
    browser = Browser(build(work, mail__transport="smtp"))
    with work.write() as uow:
        accounts.request_reset(uow, ANN)
    for path in ("/_mail/", "/_mail/1/"):
        browser.get(path, status=404)


def test_pieces_add_up_to_the_text_and_links_end_before_the_full_stop():
    body = f"See {SITE}/a/b/?c=d. Or {SITE} (not {SITE}.evil.example)"
    pieces = pieces_of(body, SITE)
    assert "".join(piece.text for piece in pieces) == body
    assert [piece.href for piece in pieces if piece.href] == [f"{SITE}/a/b/?c=d", SITE]
