"""The language of texts that staff write: places for values and parts that may be left out. No logic, no Python.

``{{ name }}`` is replaced once by a value; names may be dotted (``{{ client.name }}``). ``{{#if name}}`` shows what
follows when the value is not empty, up to ``{{else}}`` or ``{{/if}}``; such a mark alone on a line takes the line with
it. What a value contains is never read again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ezcore.messaging.errors import BadTemplate

_NAME: Final = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_MARK: Final = rf"(?:#if +{_NAME}|else|/if)"
_TAG: Final = re.compile(
    rf"^[ \t]*\{{\{{ *(?P<alone>{_MARK}) *\}}\}}[ \t]*\n"
    rf"|\{{\{{ *(?P<tag>{_MARK}|{_NAME}) *\}}\}}",
    re.MULTILINE,
)
DEEPEST: Final = 8


@dataclass(frozen=True)
class Place:
    """Where a value stands."""

    name: str
    line: int


@dataclass(frozen=True)
class Part:
    """What is shown when a value is not empty, and what otherwise."""

    name: str
    line: int
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...]


Node = str | Place | Part


@dataclass
class _Open:
    name: str
    line: int
    then: list[Node] | None = None


def parse(source: str) -> tuple[Node, ...]:
    """The text as a tree. Raises: BadTemplate, naming the line."""
    nodes: list[Node] = []
    above: list[tuple[_Open, list[Node]]] = []
    end = 0
    for match in _TAG.finditer(source):
        line = source.count("\n", 0, match.start("alone" if match["alone"] else "tag")) + 1
        _add(nodes, source[end : match.start()], source, end)
        end, tag = match.end(), match["alone"] or match["tag"]
        if tag.startswith("#if"):
            if len(above) == DEEPEST:
                raise BadTemplate(f"line {line}: parts are nested too deep")
            above.append((_Open(tag[3:].strip(), line), nodes))
            nodes = []
        elif tag in ("else", "/if"):
            if not above or (tag == "else" and above[-1][0].then is not None):
                raise BadTemplate(f"line {line}: {{{{{tag}}}}} has no {{{{#if}}}} before it")
            nodes = _close(above, nodes) if tag == "/if" else _turn(above[-1][0], nodes)
        else:
            nodes.append(Place(tag, line))
    _add(nodes, source[end:], source, end)
    if above:
        raise BadTemplate(f"line {above[-1][0].line}: {{{{#if {above[-1][0].name}}}}} has no {{{{/if}}}}")
    return tuple(nodes)


def check(nodes: tuple[Node, ...], known: Collection[str]) -> None:
    """Every name is one of these. Raises: BadTemplate, naming the first that is not, and its line."""
    for name, line in names(nodes):
        if name not in known:
            raise BadTemplate(f"line {line}: the text asks for {name}, which this mail does not have")


def names(nodes: tuple[Node, ...]) -> Iterator[tuple[str, int]]:
    """The names that a text asks for, each with its line."""
    for node in nodes:
        if isinstance(node, str):
            continue
        yield node.name, node.line
        if isinstance(node, Part):
            yield from names(node.then + node.otherwise)


def render(nodes: tuple[Node, ...], printed: Mapping[str, str]) -> str:
    """The text with its values; they are escaped already for where it is read. Names were checked."""
    return "".join(_render(nodes, printed))


def fill(source: str, printed: Mapping[str, str]) -> str:
    """Parse, check and render. Raises: BadTemplate."""
    nodes = parse(source)
    check(nodes, printed)
    return render(nodes, printed)


def _render(nodes: tuple[Node, ...], printed: Mapping[str, str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, Place):
            yield printed[node.name]
        else:
            yield from _render(node.then if printed[node.name].strip() else node.otherwise, printed)


def _turn(part: _Open, nodes: list[Node]) -> list[Node]:
    part.then = nodes
    return []


def _close(above: list[tuple[_Open, list[Node]]], nodes: list[Node]) -> list[Node]:
    part, outside = above.pop()
    then, otherwise = (nodes, []) if part.then is None else (part.then, nodes)
    outside.append(Part(part.name, part.line, tuple(then), tuple(otherwise)))
    return outside


def _add(nodes: list[Node], text: str, source: str, start: int) -> None:
    """Plain text; braces that are left in it were meant as a place and cannot be read."""
    for braces in ("{{", "}}"):
        if braces in text:
            at = text.index(braces)
            line = source.count("\n", 0, start + at) + 1
            raise BadTemplate(f"line {line}: a placeholder cannot be read near {text[at : at + 40]!r}")
    if text:
        nodes.append(text)
