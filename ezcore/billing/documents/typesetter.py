"""Sets documents as PDF/A-3b with typst, by the template `pdf/invoice.typ` of the theme chain.

What clients typed reaches the template as JSON, never as code. A compiler is kept per template: the first page costs
some tenths of a second, the next ones milliseconds.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

from ezcore.billing.documents.document import InvoiceDocument
from ezcore.billing.documents.printed import Words, find_words, printed
from ezcore.kernel.errors import EzError
from ezcore.themes.chain import ThemeChain

TEMPLATE: Final = "pdf/invoice.typ"
MISSING: Final = "?"
_STANDARD: Final = "a-3b"
_NO_FONT: Final = "could not be displayed with"
_PROBE: Final = b"#json(bytes(sys.inputs.data))"
_NOWHERE: Final = Path(__file__).parent / "no-packages"  # a template loads nothing from the network
_ASCII: Final = 128


class BadDocumentTemplate(EzError):
    """The theme's template for documents cannot be used; the message is the compiler's."""


class Typesetter:
    """Sets documents of one theme. One at a time: the compiler keeps what it has learned between two runs."""

    def __init__(self, chain: ThemeChain) -> None:
        self._chain = chain
        folder, path = chain.find(TEMPLATE)
        root = (folder / path).parent
        fonts = [str(place / "pdf/fonts") for place in chain.folders if (place / "pdf/fonts").is_dir()]
        options: dict[str, Any] = {
            "font_paths": fonts,
            "package_path": _NOWHERE,
            "package_cache_path": _NOWHERE,
        }
        self._compiler = typst.Compiler(str(folder / path), root=str(root), **options)
        self._probe = typst.Compiler(root=str(root), **options)
        self._shown: dict[str, bool] = {}
        self._tokens = _tokens(chain)
        self._lock = Lock()

    def words(self, language: str) -> Words:
        """The labels of a language."""
        return find_words(self._chain, language)

    def pdf(self, document: InvoiceDocument, logo: str = "") -> bytes:
        """The document as PDF/A-3b; the same document gives the same bytes. Raises: BadDocumentTemplate.

        `logo`: the shop's own as an SVG; empty: the mark of the theme.
        """
        data = printed(document, self.words(document.language))
        data |= {"tokens": self._tokens, "logo": logo or self._logo()}
        text = json.dumps(data, ensure_ascii=False)
        moment = int(datetime.combine(document.issued_on, time(), UTC).timestamp())
        with self._lock:
            try:
                return _compile(self._compiler, text, moment)
            except typst.TypstError as error:
                if _NO_FONT not in str(error):
                    raise BadDocumentTemplate(f"{TEMPLATE}: {error}") from error
            # PDF/A refuses what no font can show, such as an emoji in a name: it is printed as a question mark.
            try:
                return _compile(self._compiler, self._without_unknown(text), moment)
            except typst.TypstError as error:
                raise BadDocumentTemplate(f"{TEMPLATE}: {error}") from error

    def _without_unknown(self, text: str) -> str:
        return "".join(char if ord(char) < _ASCII or self._has_glyph(char) else MISSING for char in text)

    def _has_glyph(self, char: str) -> bool:
        if char not in self._shown:
            try:
                _compile(self._probe, json.dumps(f"a{char}"), 0, _PROBE)
            except typst.TypstError as error:
                self._shown[char] = _NO_FONT not in str(error)
            else:
                self._shown[char] = True
        return self._shown[char]

    def _logo(self) -> str:
        try:
            folder, path = self._chain.find(str(self._tokens["mark"]))
        except LookupError:
            return ""
        return (folder / path).read_text("utf-8")


def _compile(compiler: typst.Compiler, text: str, moment: int, source: bytes | None = None) -> bytes:
    made = compiler.compile(
        source, format="pdf", sys_inputs={"data": text}, pdf_standards=_STANDARD, timestamp=moment
    )
    assert isinstance(made, bytes)
    return made


@cache
def typesetter(names: tuple[str, ...], folders: tuple[Path, ...]) -> Typesetter:
    """The setter of a chain, made once per process. Raises: BadDocumentTemplate."""
    return Typesetter(ThemeChain(names, folders))


def _tokens(chain: ThemeChain) -> Mapping[str, Any]:
    """`[print]` of each theme.toml, the shop's theme before its parents. Raises: BadDocumentTemplate."""
    found: dict[str, Any] = {}
    for folder in reversed(chain.folders):
        found |= tomllib.loads((folder / "theme.toml").read_text("utf-8")).get("print", {})
    if re.fullmatch(r"#[0-9a-fA-F]{6}", str(found.get("brand", ""))) is None:
        raise BadDocumentTemplate("theme.toml: [print] brand is a colour such as #1f4fd8")
    return found
