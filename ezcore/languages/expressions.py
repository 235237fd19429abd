"""Finds the words that an expression of a template can come to, and puts `say(...)` around them.

`'Setup' if new else 'In progress'` becomes `say('Setup') if new else say('In progress')`. Only what the expression
*comes to* is a word: what is compared, looked up or handed to a function (`icon('x')`) is not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ezcore.languages.naming import Names

SAY: Final = "say"
_PREFIX: Final = re.compile(r"\s*(?:(?:structure|python|not|exists)\s*:)?\s*")
_NO_WORD: Final = re.compile(r"[/?#&]|\.\S|https?:|[^a-zA-Z]*$")
_PASS_ON: Final = ("get",)


class Spoken(NamedTuple):
    """An expression that speaks, and the messages that are in it."""

    source: str
    messages: tuple[str, ...]


class _Edit(NamedTuple):
    begin: int
    end: int
    text: str
    message: str


def is_word(text: str) -> bool:
    """Is it for people? Addresses, punctuation and placeholders alone are not."""
    bare = re.sub(r"\$?\{[^}]*\}|%[-\d.]*[a-z]", "", text)
    return _NO_WORD.match(bare.strip()) is None


def is_named(text: str) -> bool:
    """Does it look like words for people, where a name of something is as likely: "Due on", but not "wide"?"""
    return is_word(text) and (text[:1].isupper() and any(char.islower() for char in text))


def read(source: str) -> ast.expr | None:
    """The expression of a template as Python reads it (a pipe reads as a binary or); None when it is no Python."""
    begin = _begin(source)
    try:
        return ast.parse(f"({source[begin:]}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return None


def spoken(source: str, *, only_named: bool = False) -> Spoken:
    """The expression with its words spoken. `only_named`: only what looks like words for people."""
    tree = read(source)
    if tree is None:
        return Spoken(source, ())
    begin = _begin(source)
    body = source[begin:]
    edits = [one for node in _outcomes(tree) if (one := _edit(body, node, only_named=only_named)) is not None]
    made = body
    for edit in sorted(edits, reverse=True):
        made = made[: edit.begin] + edit.text + made[edit.end :]
    return Spoken(source[:begin] + made, tuple(edit.message for edit in sorted(edits)))


def message_of(node: ast.AST) -> tuple[str, dict[str, str]] | None:
    """The message of a literal or an f-string, and the expressions of its places; None for anything else."""
    match node:
        case ast.Constant(value=str() as text):
            return text, {}
        case ast.JoinedStr():
            names, text, places = Names(), "", {}
            for part in node.values:
                if isinstance(part, ast.Constant):
                    text += str(part.value)
                elif isinstance(part, ast.FormattedValue):
                    source = ast.unparse(part.value)
                    name = names.take(source, [part.value])
                    text += f"${{{name}}}"
                    places[name] = source if part.format_spec is None else ast.unparse(ast.JoinedStr([part]))
            return text, places
    return None


def _begin(source: str) -> int:
    found = _PREFIX.match(source)
    return found.end() if found else 0


def _outcomes(node: ast.AST) -> Iterator[ast.expr]:  # noqa: C901 - a table of the kinds of expression
    """The literals that the expression, or an element of it, can come to."""
    match node:
        case ast.Constant() | ast.JoinedStr():
            yield node
        case ast.IfExp():
            yield from _all(node.body, node.orelse)
        case ast.BoolOp():
            yield from _all(*node.values)
        case ast.BinOp(op=ast.Add() | ast.BitOr() | ast.Mod()):
            yield from _all(node.left, node.right)
        case ast.Tuple() | ast.List():
            yield from _all(*node.elts)
        case ast.ListComp() | ast.GeneratorExp():
            yield from _outcomes(node.elt)
        case ast.Dict():
            yield from _all(*node.values)
        case ast.Subscript(value=ast.Dict() | ast.Tuple() | ast.List() as table):
            yield from _outcomes(table)
        case ast.Call(func=ast.Name(id="dict")):
            yield from _all(*node.args, *(one.value for one in node.keywords))
        case ast.Call(func=ast.Attribute(value=ast.Dict() as table, attr="get")):
            yield from _all(table, *node.args[1:])
        case ast.Call(func=ast.Attribute(value=ast.Constant() as text, attr="format")):
            yield text


def _all(*nodes: ast.AST) -> Iterator[ast.expr]:
    for node in nodes:
        yield from _outcomes(node)


def _edit(body: str, node: ast.expr, *, only_named: bool) -> _Edit | None:
    found = message_of(node)
    if found is None or not (is_named(found[0]) if only_named else is_word(found[0])):
        return None
    text, places = found
    begin, end = (
        _place(body, node.lineno, node.col_offset),
        _place(body, node.end_lineno, node.end_col_offset),
    )
    inner = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    values = "".join(f", {name}={source}" for name, source in places.items())
    call = f"{SAY}({inner!r}{values})"
    if before or after:
        call = f"({before!r}+{call}+{after!r})"
    return _Edit(begin, end, call, inner)


def _place(body: str, line: int | None, column: int | None) -> int:
    """The offset of a place that `read` counts in bytes, after the bracket that it puts in front."""
    lines = body.splitlines(keepends=True) or [""]
    at = (line or 1) - 1
    before = sum(len(one) for one in lines[:at])
    behind = (column or 0) - (1 if at == 0 else 0)
    return before + len(lines[at].encode()[:behind].decode())
