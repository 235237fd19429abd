"""Every page of visitors and clients speaks: nothing is left in English, nothing was kept from the catalogue."""

from __future__ import annotations

from functools import cache

import pytest

from ezcore.accounts.models import Client
from ezcore.cli.messages import ROOT
from ezcore.languages import find_catalogue
from tests.functional.languages.data import Data
from tests.functional.languages.reading import unmarked, walk, words_of

STARTS = {
    "visitor": ("/", "/accounts/login/", "/accounts/signup/"),
    "client": ("/dashboard/", "/billing/", "/tickets/new/", "/billing/checkout/review/"),
}
NO_PAGE_OF_OURS = ("/_mail/",)


@pytest.fixture
def speaking(people, shop):
    def begin(role: str, code: str):
        with shop.work.write() as uow:
            for client in uow.session.query(Client):
                client.language = code
        people[role].set_cookie("ez_lang", code)
        return people[role]

    return begin


@cache
def german() -> dict[str, str]:
    """Messages whose German is another word."""
    words = find_catalogue("de", (ROOT / "locale",)).words
    return {text: said for text, said in words.items() if said != text and "${" not in text}


@pytest.mark.parametrize("role", ["visitor", "client"])
def test_nothing_of_ours_was_kept_from_the_catalogue(speaking, routes, shop, role):
    browser, left, pages = speaking(role, "en-XA"), {}, 0
    data = Data(shop)
    for url, page in walk(browser, routes, role, STARTS[role]):
        pages += 1
        if not url.startswith(NO_PAGE_OF_OURS):
            left |= {text: url for text in unmarked(page) if not data.is_all(text)}
    assert not left, "\n".join(f"{text!r} on {url}" for text, url in sorted(left.items()))
    assert pages > 10, "the walk went nowhere"


@pytest.mark.parametrize("role", ["visitor", "client"])
def test_no_page_says_in_english_what_the_catalogue_says_in_german(speaking, routes, shop, role):
    browser, left = speaking(role, "de"), {}
    data = Data(shop)
    for url, page in walk(browser, routes, role, STARTS[role]):
        assert page.html.html["lang"] == "de", url
        if not url.startswith(NO_PAGE_OF_OURS):
            found = (" ".join(text.split()) for text in words_of(page))
            left |= {text: url for text in found if text in german() and not data.is_all(text)}
    assert not left, "\n".join(f"{text!r} on {url}" for text, url in sorted(left.items()))


def test_arabic_runs_from_right_to_left(speaking):
    page = speaking("visitor", "ar-XB").get("/pricing/")
    assert (page.html.html["lang"], page.html.html["dir"]) == ("ar-XB", "rtl")
