"""Templates whose words are spoken: every text, every attribute that is read to people, every literal that is printed.

The renderer compiles what the extractor reads, by the same visit: a sentence of a template cannot be missed.
"""

from __future__ import annotations

import re
from typing import Any, Final

from chameleon import PageTemplateLoader
from chameleon.namespaces import I18N_NS, META_NS, METAL_NS, TAL_NS
from chameleon.tal import parse_defines
from chameleon.tokenize import Token
from chameleon.utils import decode_htmlentities
from chameleon.zpt import program
from chameleon.zpt.template import BOOLEAN_HTML_ATTRIBUTES, PageTemplateFile

from ezcore.languages.expressions import Spoken, is_word, spoken
from ezcore.languages.markup_text import spoken_text

ATTRIBUTES: Final = frozenset(("alt", "aria-label", "aria-description", "data-label", "placeholder", "title"))
"""Attributes that are read to people."""
NOT_SPOKEN: Final = frozenset(("code", "kbd", "pre", "samp", "script", "style"))
SPEAKING: Final = frozenset(
    ("crumbs", "hint", "label", "labels", "lead", "note", "said_as", "text", "title", "word", "words")
)
"""Variables that hold words: any literal is one. In other variables only what looks like words is."""
_OURS: Final = (TAL_NS, METAL_NS, I18N_NS, META_NS)


class MacroProgram(program.MacroProgram):  # the compiler goes by the name of the class
    """A template's program; `messages` are those that it says, with the line they stand in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.messages: list[tuple[int, str]] = []
        self._silent = [False]
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def visit_element(self, start: Any, end: Any, children: Any) -> Any:
        """Speak the attributes; then the element as Chameleon has it."""
        own = start["namespace"] in _OURS
        for attribute in start["attrs"]:
            name, value = attribute["name"], attribute["value"]
            is_read = name in ATTRIBUTES or (name == "value" and _is_button(start))
            if value and is_read and not own:
                attribute["value"] = self._take(value, spoken_text(value, is_attribute=True))
        for key, value in list(start["ns_attrs"].items()):
            if key in ((TAL_NS, "define"), (TAL_NS, "repeat")):
                start["ns_attrs"][key] = self._defines(value)
            elif key in ((TAL_NS, "content"), (TAL_NS, "replace")):
                start["ns_attrs"][key] = self._take(value, spoken(decode_htmlentities(value)))
        self._silent.append(self._silent[-1] or start["name"] in NOT_SPOKEN)
        try:
            return super().visit_element(start, end, children)  # type: ignore[no-untyped-call]
        finally:
            self._silent.pop()

    def visit_text(self, node: Any) -> Any:
        """Speak the text."""
        if self._silent[-1] or not node.strip():
            return super().visit_text(node)  # type: ignore[no-untyped-call]
        return super().visit_text(self._take(node, spoken_text(node)))  # type: ignore[no-untyped-call]

    def _defines(self, clause: Any) -> Any:
        made: list[str] = []
        messages: list[str] = []
        for scope, names, source in parse_defines(decode_htmlentities(clause)):  # type: ignore[no-untyped-call]
            speaks = all(name in SPEAKING for name in names)
            one = spoken(source, only_named=not speaks)
            messages += one.messages
            name = names[0] if len(names) == 1 else f"({', '.join(names)})"
            made.append(f"{scope} {name} {one.source}".replace(";", ";;"))
        return self._take(clause, Spoken("; ".join(made), tuple(messages))) if messages else clause

    def _take(self, source: Any, one: Spoken) -> Any:
        if not one.messages:
            return source
        line = source.location[0] if isinstance(source, Token) else 0
        self.messages += [(line, message) for message in one.messages if is_word(message)]
        if not isinstance(source, Token):
            return one.source
        return Token(one.source, source.pos, source.source, source.filename)


class WordsTemplate(PageTemplateFile):
    """A template file whose words are spoken by `say` and `said` of its context."""

    def parse(self, body: str) -> MacroProgram:
        """As Chameleon does, with our program."""
        body = re.sub(r"\r\n?", "\n", body)
        return MacroProgram(
            body, self.mode, self.filename, escape=True, default_marker=self.default_marker,
            boolean_attributes=frozenset(BOOLEAN_HTML_ATTRIBUTES), trim_attribute_space=self.trim_attribute_space,
            enable_data_attributes=False, enable_comment_interpolation=True, restricted_namespace=True, tokenizer=None,
        )  # fmt: skip


class WordsLoader(PageTemplateLoader):
    """Loads such templates from a folder."""

    formats = {"xml": WordsTemplate, "text": WordsTemplate}  # noqa: RUF012 - Chameleon's own attribute


def messages_of_template(source: str, filename: str) -> list[tuple[int, str]]:
    """What a template says: line and message."""
    return MacroProgram(source, "xml", filename, escape=True).messages


def _is_button(start: Any) -> bool:
    kinds = {one["value"] for one in start["attrs"] if one["name"] == "type"}
    return start["name"] == "input" and bool(kinds & {"submit", "button", "reset"})
