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
from tests.functional.languages.data import Data
from tests.functional.languages.reading import unmarked, walk

STARTS = ("/admin/", "/admin/search/?q=ann", "/admin/notice-rules/new/")
NO_WORD = re.compile(r"^Windows$")
"""A system's name, which devices are called by; the setting of this name is a label of the same letters."""


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


def test_whatever_stands_on_pages_of_staff_is_said_and_has_a_german_word(people, routes, shop, said):
    staff, data = people["staff"], Data(shop)
    staff.set_cookie("ez_lang", "en-XA")
    mine = [one for one in routes if one.permission is not None]
    left = {
        text: url
        for url, page in walk(staff, mine, "staff", STARTS)
        for text in unmarked(page)
        if not data.is_all(text)
    }
    assert not left, "\n".join(f"{text!r} on {url}" for text, url in sorted(left.items()))
    assert len(said) > 1000, "the walk went nowhere"
    assert [text for text in _without_german(said) if not data.is_all(text)] == []


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
        and not NO_WORD.search(text)
    )
