"""Two languages that nobody speaks, made from English while pages are drawn.

`en-XA`: accents, brackets and 40 % more length; what shows without brackets was never given to the catalogue.
`ar-XB`: the same between right-to-left marks, on pages that run from right to left.
"""

from __future__ import annotations

import re
from typing import Final

from ezcore.languages.naming import split_message

OPEN: Final = "⟦"
CLOSE: Final = "⟧"
_ACCENTS: Final = str.maketrans("aeiouycdglnrstzAEIOUYCDGLNRSTZ", "áéíöüýçďğłñřšťžÁÉÍÖÜÝÇĎĞŁÑŘŠŤŽ")
_FILLED_IN: Final = re.compile(r"(%[-\d.]*[sdrf%]|\{\w*\})")
_LONGER: Final = 0.4
_WORD: Final = 8
_RLE, _PDF = "\u2067", "\u2069"


def accented(message: str) -> str:
    """The message in `en-XA`; placeholders stay. Said twice it stays as it is."""
    if message.startswith(OPEN) or not message.strip():
        return message
    parts = split_message(message)
    words = [_words(part) if n % 2 == 0 else f"${{{part}}}" for n, part in enumerate(parts)]
    return f"{OPEN}{''.join(words)}{_filler(len(message))}{CLOSE}"


def _filler(length: int) -> str:
    """40 % more, in pieces of the length of words: what no language writes as one word need not fit as one."""
    more = max(1, round(length * _LONGER))
    return " ".join("~" * min(_WORD, more - begin) for begin in range(0, more, _WORD + 1))


def _words(text: str) -> str:
    """What Python fills in (`%d`, `{name}`) stays."""
    return "".join(
        part if n % 2 else part.translate(_ACCENTS) for n, part in enumerate(_FILLED_IN.split(text))
    )


def mirrored(message: str) -> str:
    """The message in `ar-XB`."""
    if message.startswith(_RLE) or not message.strip():
        return message
    return f"{_RLE}{accented(message)}{_PDF}"
