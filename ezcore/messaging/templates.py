"""Finds the text of a mail template in the theme chain: the shop's theme, its parents, `base`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ezcore.messaging.errors import BadTemplate
from ezcore.themes.chain import ThemeChain

DEFAULT_LANGUAGE: Final = "en"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


class Source(NamedTuple):
    """A template's text and the language it is written in, which amounts and dates follow; is it base's own?"""

    text: str
    language: str
    is_base: bool


def is_language(language: str) -> bool:
    """Is this written as a language is: `en`, `pt_BR`?"""
    return _LANGUAGE.fullmatch(language) is not None


def tongues(language: str) -> tuple[str, ...]:
    """The languages in which a text is looked for, best first; what is no language is English."""
    wanted = language if is_language(language) else DEFAULT_LANGUAGE
    return tuple(dict.fromkeys((wanted, DEFAULT_LANGUAGE)))


def find_templates(name: str, chain: ThemeChain, tongue: str) -> Iterator[Source]:
    """Each text there is in one language, the child theme's before its parents'.

    `<name>.<language>.txt`, for English also `<name>.txt`. Raises: BadTemplate for what is no name.
    """
    if _NAME.fullmatch(name) is None:
        raise BadTemplate(f"{name!r} is not the name of a mail template")
    for file in (f"{name}.{tongue}.txt", *((f"{name}.txt",) if tongue == DEFAULT_LANGUAGE else ())):
        for folder, path in chain.all_of(f"mail/{file}"):
            yield Source((folder / path).read_text(encoding="utf-8"), tongue, not chain.is_child(folder))
