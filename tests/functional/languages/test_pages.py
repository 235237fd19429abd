"""Every page of visitors and clients speaks: nothing is left in English, nothing was kept from the catalogue."""

from __future__ import annotations

import re
from functools import cache

import pytest

from ezcore.accounts.models import Client
from ezcore.cli.messages import ROOT
from ezcore.languages import find_catalogue
from tests.functional.languages.reading import unmarked, walk, words_of

STARTS = {
    "visitor": ("/", "/accounts/login/", "/accounts/signup/"),
    "client": ("/dashboard/", "/billing/", "/tickets/new/", "/billing/checkout/review/"),
}
# Names and texts of the seeded shop, of its people and its vendors; what a mail says is the mail's.
DATA = re.compile(
    r"EZ Solutions|Ann\b|AN$|test$|VPS |Web (Pro|Start|Agency)|[Ww]eb ?(hosting|site|sites|builds)|Cloud servers|"
    r"mailbox|"
    r"\b(GB|vCPUs?|NVMe|IPv4|IBAN|TLS|Gbit/s|Linux)\b|^(Memory|Storage|Small|Many|Heavy|Databases|Shops|One site)|"
    r"Full root access|Offsite copies|A copy of everything|Moving in|We bring your site|PHP, databases|"
    r"Designed, written|"
    r"Updates, monitoring|^(Terms of service|Privacy|Sales|Billing|Technical help|English|Deutsch)\b|RTL test|"
    r"http://|@|Pikk 1|Tallinn|Estonia|[Bb]ank ?transfer|Account holder|Reference: the number|^Invoice 2026|"
    r"Payment received|is ready|^Hello Ann|^2026-"
)
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
def test_nothing_of_ours_was_kept_from_the_catalogue(speaking, routes, role):
    left, pages = {}, 0
    for url, page in walk(speaking(role, "en-XA"), routes, role, STARTS[role]):
        pages += 1
        if not url.startswith(NO_PAGE_OF_OURS):
            left |= {text: url for text in unmarked(page) if not DATA.search(text)}
    assert not left, "\n".join(f"{text!r} on {url}" for text, url in sorted(left.items()))
    assert pages > 10, "the walk went nowhere"


@pytest.mark.parametrize("role", ["visitor", "client"])
def test_no_page_says_in_english_what_the_catalogue_says_in_german(speaking, routes, role):
    left = {}
    for url, page in walk(speaking(role, "de"), routes, role, STARTS[role]):
        assert page.html.html["lang"] == "de", url
        if not url.startswith(NO_PAGE_OF_OURS):
            found = (" ".join(text.split()) for text in words_of(page))
            left |= {text: url for text in found if text in german() and not DATA.search(text)}
    assert not left, "\n".join(f"{text!r} on {url}" for text, url in sorted(left.items()))


def test_arabic_runs_from_right_to_left(speaking):
    page = speaking("visitor", "ar-XB").get("/pricing/")
    assert (page.html.html["lang"], page.html.html["dir"]) == ("ar-XB", "rtl")
