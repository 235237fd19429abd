"""One language as pages speak it: the catalogue, the locale of amounts and dates, the direction of writing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from markupsafe import Markup

from ezcore.languages import pseudo
from ezcore.languages.catalogue import Catalogue, find_catalogue
from ezcore.languages.naming import split_message

PSEUDO: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "en-XA": ("en", pseudo.accented),
    "ar-XB": ("ar", pseudo.mirrored),
}
"""Languages for tests: the locale of their numbers, and what makes them of English."""
_NAMES: Final = {"en-XA": "[Ŕéád í ťéšť]", "ar-XB": "[RTL test]"}
_CODE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_NEEDS_ESCAPE: Final = re.compile(r'[&<>"]')


@dataclass(frozen=True, eq=False)
class Tongue:
    """A language. `code` is that of `<html lang>`, `locale` babel's. Make it by `tongue_of`."""

    code: str
    locale: str
    catalogue: Catalogue = field(default_factory=Catalogue)
    make: Callable[[str], str] | None = None
    _ready: dict[str, list[str]] = field(default_factory=dict, repr=False)
    """Messages of templates, escaped and split once: there are as many as templates have."""

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(Locale.parse(self.locale).text_direction)

    @property
    def name(self) -> str:
        """What its speakers call it."""
        name = str(Locale.parse(self.locale).display_name or self.code)
        return _NAMES.get(self.code) or name[:1].upper() + name[1:]

    def say(self, text: str, /, **values: Any) -> str:
        """The text in this language, English where it is not translated; `${name}` is replaced by `name=`.

        A text without values may also be a sentence that was put together elsewhere: it is recognised. Markup was said
        when it was made.
        """
        if isinstance(text, Markup):
            return text
        if values:
            return self._filled(self._word(text), values, str)
        return text if self._is_plain else self._sentence(text)

    def said(self, text: str, values: Mapping[str, Any]) -> Markup:
        """The same for pages: text is escaped, and so are values that are no markup; None prints nothing."""
        parts = self._ready.get(text)
        if parts is None:
            parts = self._ready[text] = _split(_escape(self._word(text)))
        made = parts[0]
        for place in range(1, len(parts), 2):
            name = parts[place]
            made += (_printed(values[name]) if name in values else f"${{{name}}}") + parts[place + 1]
        return Markup(made)  # noqa: S704  # nosec B704 - escaped here

    def many(self, number: int, one: str, other: str, /, **values: Any) -> str:
        """The form that fits the number, which is `${n}` in the text."""
        forms = self.catalogue.plurals.get(one)
        said = self._word(one if number == 1 else other)
        text = said if forms is None else forms[self.catalogue.plural_of(number)]
        return self._filled(text, {"n": number, **values}, str)

    @cached_property
    def _is_plain(self) -> bool:
        return self.make is None and not self.catalogue.words

    def _word(self, text: str) -> str:
        return self.make(text) if self.make else self.catalogue.words.get(text, text)

    def _sentence(self, text: str) -> str:
        if self.make:
            return self.make(text)
        found = self.catalogue.words.get(text)
        return found if found is not None else self._recognised(text)

    @cached_property
    def _recognised(self) -> Callable[[str], str]:
        """Kept for the last few thousand sentences: a list says the same of every row."""

        @lru_cache(maxsize=2048)
        def recognised(text: str) -> str:
            found = self.catalogue.sentences.recognise(text)
            if found is None:
                return text
            return self._filled(self.catalogue.words[found.message], found.values, self._part)

        return recognised

    def _part(self, value: str) -> str:
        """What stood in a sentence may be a word of ours, such as a state."""
        return self.catalogue.words.get(value, value)

    @staticmethod
    def _filled(text: str, values: Mapping[str, Any], printed: Callable[[Any], str]) -> str:
        if "${" not in text:
            return text
        parts = _split(text)
        return "".join(
            part if n % 2 == 0 else printed(values[part]) if part in values else f"${{{part}}}"
            for n, part in enumerate(parts)
        )


ENGLISH: Final = Tongue("en", "en")


def tongue_of(code: str, folders: tuple[Path, ...] = ()) -> Tongue:
    """The language of this code, read once per process; English for what babel does not know."""
    return _tongue(code.replace("_", "-"), folders)


def known_languages(text: str) -> tuple[str, ...]:
    """The codes in a list such as "en, de". Raises: ValueError for what is no language."""
    codes = tuple(dict.fromkeys(code for code in text.replace(",", " ").split()))
    for code in codes:
        try:
            if code in PSEUDO:
                continue
            if not _CODE.fullmatch(code):
                raise ValueError(f"{code!r} is no language code such as de or pt-BR")
            Locale.parse(code, sep="-")
        except UnknownLocaleError as error:
            raise ValueError(f"there is no language {code!r}") from error
    return codes


@lru_cache(maxsize=64)
def _tongue(code: str, folders: tuple[Path, ...]) -> Tongue:
    if code in PSEUDO:
        locale, make = PSEUDO[code]
        return Tongue(code, locale, make=make)
    try:
        locale = str(Locale.parse(code, sep="-"))
    except (UnknownLocaleError, ValueError):
        return ENGLISH
    return Tongue(code, locale, find_catalogue(code, folders))


@lru_cache(maxsize=8192)
def _split(text: str) -> list[str]:
    return split_message(text)


def _escape(text: str) -> str:
    if _NEEDS_ESCAPE.search(text) is None:
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")


def _printed(value: Any) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return _escape(value)
    markup = getattr(value, "__html__", None)
    return str(markup()) if markup is not None else _escape(str(value))
