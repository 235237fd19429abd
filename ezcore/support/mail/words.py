"""Pure: the words of a mail. HTML made text, what was quoted below an answer cut off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "svg", "noscript"})
_BREAKS: Final = frozenset({
    "br", "p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "blockquote",
    "section", "article", "header", "footer",
})  # fmt: skip
_VOID: Final = frozenset({"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "wbr", "source"})
_DEEPEST: Final = 200

# What programs write above the mail that they quote, in the languages that we meet most. One or two lines of it.
_WROTE: Final = re.compile(
    r"(wrote|writes|schrieb|geschrieben|escribió|écrit|scritto|schreef|kirjoitti|kirjutas|skrev|napisał\(?a?\)?"
    r"|escreveu|\u043d\u0430\u043f\u0438\u0441\u0430\u043b\w*|\u043f\u0438\u0448\u0435\u0442)\b.*:\s*$",
    re.IGNORECASE,
)
_ON: Final = re.compile(r"(On|Am|Le|El|Op|Il|Em|Den|W dniu)\s.*\d")
_ORIGINAL: Final = re.compile(
    r"-{2,}\s*(original message|ursprüngliche nachricht|message d'origine|mensaje original|oorspronkelijk bericht"
    r"|messaggio originale|forwarded message)\s*-{2,}",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"\*?(from|von|de|da|van|från|fra|saatja|lähettäjä|от):\*?\s", re.IGNORECASE)
_SENT: Final = re.compile(
    r"\*?(sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden|skickat|saadetud|lähetetty|дата|отправлено):\*?\s",
    re.IGNORECASE,
)
_LINES_OF_HEADER: Final = 5
_SHORT: Final = 3


class _Reader(HTMLParser):
    """Collects text; block elements become lines, quotes get their angle, links their address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = self._quoted = 0
        self._href: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """A beginning."""
        if tag in _SILENT:
            self._silent = min(self._silent + 1, _DEEPEST)
        if tag == "blockquote":
            self._quoted = min(self._quoted + 1, _DEEPEST)
        if tag in _BREAKS:
            self._break()
        elif tag == "li":
            self._break()
            self.parts.append("- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a":
            self._href.append(next((value or "" for name, value in attrs if name == "href"), ""))

    def handle_endtag(self, tag: str) -> None:
        """An end; one without a beginning counts for nothing."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in _BREAKS and tag not in _VOID:
            self._break()
        if tag == "a" and self._href:
            href = self._href.pop()
            shown = "".join(self.parts[-_SHORT:])
            if href.startswith(("http://", "https://")) and href not in shown and not self._silent:
                self.parts.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        self.parts.append("\n" + "> " * min(self._quoted, 1))


def text_of_html(html: str) -> str:
    """The words of a page, a line per block; scripts and styles say nothing, an address follows its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line != ">")).strip()


def without_history(text: str) -> str:
    """The answer without the mail quoted below it. Quotes between somebody's own lines stay, for they are answered.

    When nothing would be left the text stays as it is.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((number for number in range(len(lines)) if _begins_original(lines, number)), len(lines))
    end = _before_quote(lines, end)
    kept = "\n".join(lines[:end]).strip()
    return kept or text.strip()


def _begins_original(lines: Sequence[str], number: int) -> bool:
    """A line of dashes that says so, or From and Sent as Outlook writes them."""
    line = lines[number].strip()
    if _ORIGINAL.fullmatch(line):
        return True
    following = lines[number + 1 : number + _LINES_OF_HEADER]
    return bool(_FROM.match(line)) and any(_SENT.match(one.strip()) for one in following)


def _before_quote(lines: Sequence[str], end: int) -> int:
    """Where the quote at the end begins, with the words above it that say who wrote it; `end` when there is none."""
    start = end
    while start and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith(">")):
        start -= 1
    if not any(line.lstrip().startswith(">") for line in lines[start:end]):
        return start
    for length in (1, 2):
        above = " ".join(lines[max(0, start - length) : start])
        if _WROTE.search(above):
            first = start - length
            return first - 1 if first and _ON.match(lines[first - 1]) else first
    return start
