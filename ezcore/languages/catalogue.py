"""A language's messages: `locale/<language>/LC_MESSAGES/<domain>.po` of ezcore, plugins and themes, joined.

The text file is read as it is, once per process and language (50 ms for 3,000 messages): there is nothing to compile
that could be older than its source.
"""

from __future__ import annotations

import gettext
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from babel.messages.pofile import PoFileError, read_po

from ezcore.languages.sentences import Sentences

log = logging.getLogger(__name__)
_MESSAGES: Final = "LC_MESSAGES"


@dataclass(frozen=True)
class Catalogue:
    """What is translated. `plurals` holds the forms by number; `plural_of` says which form a number takes."""

    words: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_rule: str = "(n != 1)"

    @cached_property
    def sentences(self) -> Sentences:
        """The messages with placeholders, for sentences that come from elsewhere already filled in."""
        return Sentences(self.words)

    @cached_property
    def plural_of(self) -> Callable[[int], int]:
        """The form that a number takes."""
        made: Callable[[int], int] = gettext.c2py(self.plural_rule)
        return made


def find_catalogue(language: str, folders: Iterable[Path]) -> Catalogue:
    """The messages of a language from all these `locale` folders; the first that has a message wins.

    A folder without this language adds nothing; a file that cannot be read is logged and passed over.
    """
    words: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    rule = "(n != 1)"
    for folder in folders:
        for file in sorted((folder / language.replace("-", "_") / _MESSAGES).glob("*.po")):
            try:
                with file.open("rb") as handle:
                    found = read_po(handle, locale=language, abort_invalid=True)
            except (OSError, ValueError, PoFileError):
                log.exception("the catalogue %s cannot be read", file)
                continue
            rule = found.plural_expr or rule
            _take(found, words, plurals)
    return Catalogue(words, plurals, rule)


def _take(found: Any, words: dict[str, str], plurals: dict[str, tuple[str, ...]]) -> None:
    for message in found:
        if not message.id or message.fuzzy:
            continue
        if message.pluralizable:
            if all(message.string):
                plurals.setdefault(message.id[0], tuple(message.string))
                # A sentence that was counted elsewhere ("3 months") is recognised by its form.
                words.setdefault(message.id[0], message.string[0])
                words.setdefault(message.id[1], message.string[-1])
        elif message.string:
            words.setdefault(message.id, message.string)
