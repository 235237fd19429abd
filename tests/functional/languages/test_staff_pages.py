"""Every page of staff speaks: nothing was kept from the catalogue, and whatever is said has a German word."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel import Locale

from ezcore.cli.messages import ROOT
from ezcore.languages import find_catalogue
from ezcore.languages.pseudo import OPEN, accented
from ezcore.languages.tongue import PSEUDO, _tongue
from ezcore.messaging.texts.contract import mail_kinds
from tests.functional.languages.reading import unmarked, walk

STARTS = ("/admin/", "/admin/search/?q=ann", "/admin/notice-rules/new/")
# Names and texts of the seeded shop and of plugins, identifiers, addresses, months, what people or logs wrote.
DATA = re.compile(
    r"EZ Solutions|\bAnn\b|^(KA|AN)$|Kadri|^(Deutsch|English|EE|en|no|EUR|help|base|stripe)$|RTL test|@|\{\{|^\{\"|"
    r"^(VPS|Web|Website) |^(Business site|Care|Care Plus|Moving in|Offsite copies|One page|Website builds)$|"
    r"^(Cloud servers|Linux support|Built once|Per server|Disk|Copies are kept for|No)\b|"
    r"\b(GB|vCPUs?|NVMe|IPv4|addresses)\b|^Nightly copies|"
    r"^(Terms of service|Privacy|Sales|Billing|Technical help|billing|owner|support|About us)\b|"
    r"^(Invoices, payments, refunds|Something does not work|What to order, and quotes)|"
    r"^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|"
    r"^#?[a-z]+[ :]?(line )?\d*( paid)?$|^#\d+ |^[a-z]+([._:-][a-z0-9_]+)+$|^[a-z_]+, [a-z]{2}$|"
    r"^(Databases and teams|Heavy work|Many clients|One site|Shops and busy sites|Small shops|Small sites and bots)|"
    r"^Unmetered|^, EUR$|[Bb]ank transfer$|^product_group \d|^system: |\bez\.[a-z]+\.|http://|^png jpg|\{year\}"
    r"|^en de en-XA|^\d+ EUR, |"
    r"^[a-z-]+ \d[\d.]*$|banktransfer|^ez-|EE26|FREESETUP|WELCOME20|"
    r"Harbour|ezcore base|Pikk 1|Tallinn|Estonia|^(Payment received for|Invoice 2026|.* is ready$)"
)

# Names of fields that no page prints by themselves, of languages, and states with numbers in them.
NO_WORD = re.compile(
    r"^(Windows|Bank|Bic|Iban|Email|Host|Line[12]|Region|Eesti|Español|Français|SSL certificates)$|"
    r"^(Free|Waiting): |^It is at |^Up to \d|row \d"
)


@pytest.fixture
def said(monkeypatch) -> Iterator[set[str]]:
    """Whatever is said in the language of accents, as the catalogue would be asked for it."""
    found: set[str] = set()

    def noted(text: str) -> str:
        found.add(text)
        return accented(text)

    monkeypatch.setitem(PSEUDO, "en-XA", ("en", noted))
    _tongue.cache_clear()
    yield found
    _tongue.cache_clear()


def test_whatever_stands_on_pages_of_staff_is_said_and_has_a_german_word(people, routes, said):
    staff = people["staff"]
    staff.set_cookie("ez_lang", "en-XA")
    mine = [one for one in routes if one.permission is not None]
    left = {
        text: url
        for url, page in walk(staff, mine, "staff", STARTS)
        for text in unmarked(page)
        if not DATA.search(text)
    }
    assert not left, "\n".join(f"{text!r} on {url}" for text, url in sorted(left.items()))
    assert len(said) > 1000, "the walk went nowhere"
    assert _without_german(said) == []


def test_every_mail_has_a_german_name():
    assert _without_german({kind.title for kind in mail_kinds().values()}) == []


def _without_german(texts: set[str]) -> list[str]:
    german = find_catalogue("de", (ROOT / "locale", *ROOT.glob("plugins/*/ez_*/locale")))
    return sorted(
        text
        for text in texts - set(german.words) - set(Locale("en").territories.values())
        if re.search(r"[A-Za-z]{2}", text)
        and OPEN not in text
        and german.sentences.recognise(text) is None
        and not DATA.search(text)
        and not NO_WORD.search(text)
    )
