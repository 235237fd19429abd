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


def find_templates(name: str, chain: ThemeChain, language: str) -> Iterator[Source]:
    """Each text there is, best first: the language before English, the child before its parents.

    `<name>.<language>.txt`, else `<name>.txt` (English). Raises: BadTemplate for what is no name.
    """
    if _NAME.fullmatch(name) is None:
        raise BadTemplate(f"{name!r} is not the name of a mail template")
    wanted = language if _LANGUAGE.fullmatch(language) else DEFAULT_LANGUAGE
    for tongue, file in ((wanted, f"{name}.{wanted}.txt"), (DEFAULT_LANGUAGE, f"{name}.txt")):
        for folder, path in chain.all_of(f"mail/{file}"):
            yield Source((folder / path).read_text(encoding="utf-8"), tongue, not chain.is_child(folder))
