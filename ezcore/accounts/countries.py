"""The countries a client may live in: ISO 3166-1 alpha-2 codes, with names from CLDR (by babel)."""

from __future__ import annotations

from functools import cache
from typing import Final
from unicodedata import normalize

from babel import Locale, UnknownLocaleError

from ezcore.languages import now_speaking, tongue

# CLDR also lists pseudo regions, and codes that ISO 3166 only reserves (Ascension, the EU, ...).
_NO_COUNTRY: Final = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)

LANGUAGES: Final = {"en": "English", "de": "Deutsch", "es": "Español", "et": "Eesti", "fr": "Français"}
"""What a client may choose; a text that is not translated is shown in English."""


def language_now() -> str:
    """The language that is spoken now, where clients may choose it: what a new client's profile begins with."""
    code = now_speaking()
    return code if code in LANGUAGES else "en"


def countries(language: str | None = None) -> dict[str, str]:
    """Code and name of every country, in the order of the names; in the language that is spoken now unless told."""
    return _countries(language or tongue().locale)


@cache
def _countries(language: str) -> dict[str, str]:
    try:
        names = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("en").territories
    known = {
        code: str(name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY  # noqa: PLR2004 - alpha-2
    }
    return dict(sorted(known.items(), key=lambda item: normalize("NFKD", item[1])))
