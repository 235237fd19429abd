"""Names of placeholders, made from the expressions they stand for: `day(invoice.due_on)` is `${due_on}`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_PLACEHOLDER = re.compile(r"\$\{([a-z_][a-z0-9_]*)\}")


def placeholders(message: str) -> list[str]:
    """The names in a message, in their order."""
    return _PLACEHOLDER.findall(message)


def split_message(message: str) -> list[str]:
    """Text and names in turn: "Due ${on}." is ["Due ", "on", "."]."""
    return _PLACEHOLDER.split(message)


def name_of(node: ast.AST) -> str:  # noqa: C901, PLR0911 - a table of the kinds of expression
    """What the value of an expression is called by."""
    match node:
        case ast.Name():
            return _plain(node.id)
        case ast.Attribute():
            return _plain(node.attr)
        case ast.Call(func=ast.Name(), args=[first, *_]):
            return name_of(first)
        case ast.Call(func=ast.Attribute(value=inner, attr=verb)):
            return name_of(inner) if verb in ("lower", "upper", "strip", "replace", "get") else _plain(verb)
        case ast.Call():
            return name_of(node.func)
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return _plain(key)
        case ast.Subscript():
            return name_of(node.value)
        case ast.IfExp():
            return name_of(node.body)
        case ast.BoolOp():
            return name_of(node.values[0])
        case ast.BinOp() | ast.UnaryOp() | ast.FormattedValue() | ast.Starred() | ast.Await():
            return name_of(next(ast.iter_child_nodes(node)))
    return "value"


class Names:
    """Names of one message; what comes twice with another meaning gets a number."""

    def __init__(self) -> None:
        self._by_source: dict[str, str] = {}

    def take(self, source: str, nodes: Iterable[ast.AST]) -> str:
        """The name for this expression."""
        if source not in self._by_source:
            name = base = name_of(next(iter(nodes), ast.Constant(None)))
            number = 2
            while name in self._by_source.values():
                name, number = f"{base}{number}", number + 1
            self._by_source[source] = name
        return self._by_source[source]


def _plain(name: str) -> str:
    lower = name.lower().lstrip("_")
    return lower if re.fullmatch(r"[a-z][a-z0-9_]*", lower) else "value"
