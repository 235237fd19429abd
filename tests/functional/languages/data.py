"""What is no language on a page: what people typed into this shop, names, codes, addresses, figures.

No sentence stands here: names come from the shop's own database and settings, codes are known by their shape or from
the list that they are taken from. So a text of ours cannot hide among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from babel import Locale
from sqlalchemy import JSON, String, select

from ezcore.accounts.countries import LANGUAGES
from ezcore.app import Ezcore
from ezcore.automation.tasks import TASKS
from ezcore.db.base import Base
from ezcore.languages import tongue_of
from ezcore.messaging.models import Mail
from ezcore.messaging.queries import body_of
from ezcore.themes.finding import find_themes

LINK: Final = re.compile(r"https?://\S+")
"""Shown otherwise than it is kept: a link in a mail is shortened."""
OUR_WORDS: Final = re.compile(r"(^|_)(state|status|kind|cause|reason|problem|outcome|verb|notes|step|cycle)$")
OUR_TABLES: Final = ("audit_row", "drift_", "job", "journal", "ledger_", "notice_", "outbox", "staff_")
"""Columns and tables in which the house keeps words of its own."""
CODES: Final = re.compile(
    r"\{\"[^\n]*\}|(?:[a-z]+(?: [a-z]+)*: )?\{\{[^}]*\}\}|[A-Z]*-?\{\w+\}[-{}:\w]*"  # JSON, places, formats of numbers
    r"|\b[KMGT]i?B\b|<?[\w.]+@[\w.]+>?|ez-[a-z]+"
    r"|[a-z0-9]+(?:[._:-][a-z0-9_]+)+"  # invoice.issue, payment_failed, vps-s, mail:2
)
ENGLISH: Final = Locale("en")
SHORT: Final = frozenset(
    {
        *ENGLISH.currencies,
        *ENGLISH.territories,
        *ENGLISH.territories.values(),
        *ENGLISH.months["format"]["abbreviated"].values(),
    }
    | set(ENGLISH.months["format"]["wide"].values())
)
"""Codes of currencies, countries and months, which babel writes in the reader's language."""


class Data:
    """The names and codes of one shop. `is_all` is asked of each text that was not said."""

    def __init__(self, shop: Ezcore) -> None:
        typed = {
            line
            for text in (*_typed(shop), *_mails(shop))
            for line in (text, *text.splitlines())
            if len(line) > 1
        }
        set_up = {str(value) for value in _settings(shop)} | {"true", "false"}  # as the ini writes them
        themes = find_themes().usable
        plugins = shop.host.reports
        names = {text for text in typed | set_up if re.search(r"[A-Z ]", text)}
        names |= {one.manifest.title for one in themes.values()}
        names |= {
            tongue_of(code).name for code in shop.work.settings.shop.languages.replace(",", " ").split()
        }
        names |= set(LANGUAGES.values())
        names |= {text[:2].upper() for text in typed if text.istitle()}
        self._names = re.compile(
            "|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in _longest_first(map(_plain, names)))
        )
        listed = {word for text in set_up for word in text.replace(",", " ").split()}
        self._words = {text for text in typed | listed if text.islower() and " " not in text}
        self._words |= SHORT | {*TASKS, *themes, *(one.name for one in plugins)}

    def is_all(self, text: str) -> bool:
        """Is nothing else in this text?"""
        rest = CODES.sub(" ", self._names.sub(" ", _plain(text)))
        return all(word in self._words for word in re.findall(r"[A-Za-z]{2,}", rest))


def _plain(text: str) -> str:
    return " ".join(LINK.sub(" ", text).split())


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted({one for one in names if re.search(r"\w", one)}, key=lambda one: (-len(one), one))


def _settings(shop: Ezcore) -> Iterator[Any]:
    for section in vars(shop.work.settings).values():
        yield from getattr(section, "__dict__", {}).values()


def _typed(shop: Ezcore) -> Iterator[str]:
    with shop.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith(OUR_TABLES):
                continue
            for column in table.columns:
                if isinstance(column.type, String | JSON) and not OUR_WORDS.search(column.name):
                    for (value,) in connection.execute(select(column)):
                        yield from _texts(value)


def _mails(shop: Ezcore) -> Iterator[str]:
    with shop.work.read() as uow:
        for mail in uow.session.scalars(select(Mail)):
            yield body_of(uow, mail)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
