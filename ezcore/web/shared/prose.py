"""Plain text that people wrote, as markup: paragraphs, line breaks and links; everything else is escaped."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_LINK: Final = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_TAIL: Final = ".,;:!?)]}"


def prose(text: str) -> Markup:
    """Paragraphs are parted by empty lines. Only http and https become links, and none of them is vouched for."""
    parts = re.split(r"\n[ \t]*\n+", text.strip())
    return Markup("").join(Markup("<p>{}</p>").format(_lines(part)) for part in parts if part.strip())


def _lines(text: str) -> Markup:
    return Markup("<br/>").join(_linked(line) for line in text.splitlines())


def _linked(line: str) -> Markup:
    found, at = Markup(""), 0
    for match in _LINK.finditer(line):
        address = match.group(0).rstrip(_TAIL)
        found += escape(line[at : match.start()])
        found += Markup('<a href="{0}" rel="nofollow noopener noreferrer ugc">{0}</a>').format(address)
        at = match.start() + len(address)
    return found + escape(line[at:])
