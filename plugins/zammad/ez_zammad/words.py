"""What Zammad's articles say, as plain text: its editor writes HTML, and so do the mails of strangers.

The standard library's parser takes minutes for some texts of 100 kB that have tags without ends. So it gets none.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

BREAKS: Final = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol"}
)
SILENT: Final = frozenset({"script", "style", "head", "title"})
STRAY: Final = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
"""A sign that begins no whole tag."""
MOST: Final = 200_000
"""Characters of HTML that are read; ten times the longest message of a ticket."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag in BREAKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        address = dict(attrs).get("href") if tag == "a" else None
        if address and address.startswith(("https://", "http://")):
            self.parts.append(f"{address} ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1
        if tag in BREAKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain(body: str, content_type: str) -> str:
    """The text of an article; links keep their address before their words."""
    if "html" not in content_type.lower():
        return body.replace("\r\n", "\n").strip()
    reader = _Reader()
    reader.feed(STRAY.sub("&lt;", _without_comments(body[:MOST])))
    reader.close()
    lines = (re.sub(r" +", " ", line).strip() for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_comments(body: str) -> str:
    parts, at = [], 0
    while (begins := body.find("<!--", at)) >= 0:
        parts.append(body[at:begins])
        ends = body.find("-->", begins + 4)
        at = ends + 3 if ends >= 0 else len(body)
    return "".join([*parts, body[at:]])
