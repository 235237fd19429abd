"""Finds the messages of Python source: what is said, refused, answered, asked, and the tables of words of the web."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from ezcore.languages.expressions import is_named, is_word, message_of

SAYS: Final[Mapping[str, tuple[int, ...]]] = {
    "say": (0,), "many": (1, 2), "flash": (2,), "Step": (1,), "ModuleStep": (1,), "JobKind": (1,), "ValueError": (0,),
    "Unreadable": (1,), "setting": (1,), "Asked": (1,), "Parked": (0,), "NeedsInfo": (0,), "OutcomeUnknown": (0,),
    "PermanentFailure": (0,), "RetryAfter": (1,), "StillRunning": (2,),
}  # fmt: skip
"""Functions that take words for people, and where."""
KEYWORDS: Final = frozenset(
    ("cause", "description", "hint", "label", "message", "question", "reason", "title", "words")
)
"""Arguments that are words for people, whatever they are handed to."""
_CODE: Final = re.compile(r"[{}=;/\\_<>*|]|\(\?|^[a-z0-9-]+( [a-z]+-[a-z0-9-]+)+$")
NAMES: Final = frozenset(
    ("Android", "Chrome", "Edge", "Firefox", "Lax", "Linux", "Mac OS X", "Opera", "Safari", "Windows", "Allow",
     "Authorization", "Bearer", "Cookie", "Form", "Origin", "Value error,")
)  # fmt: skip
"""Names of browsers, systems and headers, which every language writes alike."""
_NO_SENTENCE: Final = re.compile(r"[=\\<>*|%]|[a-z]:[a-z]|^-|\w[.]\w+$|^\W*$|://")
_ONE_NAME: Final = re.compile(r"\S*[.:=@]\S+|\S*-(\$\{\w+\})?")
"""A right (`VM.Audit`), a prefix (`Ez7-${token}`): no word of a language."""
_LOGS: Final = ("debug", "info", "warning", "error", "exception")
_HEADER: Final = re.compile(r"[A-Z][A-Za-z]*(-[A-Za-z]+)+|[A-Z0-9_ .]+|[A-Z]+[a-z]+[A-Z]\w*")


class Found(NamedTuple):
    """A message, where it stands; `other` is its plural."""

    line: int
    message: str
    other: str | None = None


def errors_in(trees: Collection[ast.Module]) -> frozenset[str]:
    """The names of the house's errors: EzError and everything made from it."""
    known = {"EzError"}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    size = 0
    while size != len(known):
        size = len(known)
        known |= {one.name for one in classes if any(_name(base) in known for base in one.bases)}
    return frozenset(known)


def messages_of_python(
    tree: ast.Module, errors: Collection[str], *, is_web: bool, is_plugin: bool = False
) -> Iterator[Found]:
    """What this module says. `is_web`: any text that looks like words is for people; of a plugin every sentence is."""
    papers = {id(node) for node in (*_docstrings(tree), *_lists_of_names(tree))}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            yield from _of_a_call(call, errors)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in errors:
            words = (ast.get_docstring(node) or "").strip().splitlines()
            if words:
                yield Found(node.lineno, words[0])
    for node in tree.body:
        if (
            not is_web
            and isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value is not None
            and _is_table(node)
        ):
            yield from (one for one in _of_a_table(node.value, ()) if _looks_like_words(one.message))
    if is_web:
        skip = papers | {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        yield from _of_tables(tree, skip)
        if is_plugin:
            yield from _sentences(tree, skip)


def _sentences(tree: ast.Module, skip: Collection[int]) -> Iterator[Found]:
    """Sentences without a capital letter, wherever they stand but in the log: "the machine is stopping"."""
    silent = set(skip)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if _name(call.func) in _LOGS and isinstance(call.func, ast.Attribute):
            silent |= {id(part) for one in call.args for part in ast.walk(one)}
    for node in ast.walk(tree):
        found = message_of(node) if id(node) not in silent else None
        if found is not None and " " in found[0].strip() and _is_sentence(found[0]):
            yield Found(getattr(node, "lineno", 0), found[0])


def _is_sentence(text: str) -> bool:
    return (
        is_word(text)
        and not text[:1].isupper()
        and _ONE_NAME.fullmatch(text) is None
        and _NO_SENTENCE.search(text) is None
    )


def _of_a_call(node: ast.Call, errors: Collection[str]) -> Iterator[Found]:
    name = _name(node.func)
    places = (0,) if name in errors else SAYS.get(name, ())
    if name in errors and node.args and not any(message_of(one) for one in _literals(node.args[0])):
        places = (1,)  # `ProxmoxError(kind, "words")`
    if name == "many" and len(node.args) > 2:  # noqa: PLR2004 - the number and both forms
        one, other = message_of(node.args[1]), message_of(node.args[2])
        if one and other:
            yield Found(node.lineno, one[0], other[0])
        return
    given = [node.args[place] for place in places if place < len(node.args)]
    given += [
        one.value for one in node.keywords if one.arg in KEYWORDS or (name == "setting" and one.arg == "note")
    ]
    for value in given:
        for literal in _literals(value):
            found = message_of(literal)
            if found is not None and is_word(found[0]):
                yield Found(literal.lineno, found[0])


def _literals(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from _literals(one)
    else:
        yield node


def _of_tables(tree: ast.Module, skip: Collection[int]) -> Iterator[Found]:
    for node in ast.walk(tree):
        if id(node) in skip or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        found = message_of(node)
        if found is not None and _looks_like_words(found[0]):
            yield Found(node.lineno, found[0])
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_table(node):
            yield from _of_a_table(node.value, skip)


def _is_table(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(one, ast.Name) and one.id.isupper() for one in targets)


def _of_a_table(value: ast.expr, skip: Collection[int]) -> Iterator[Found]:
    """Words in a table need no capital letter: "per month"."""
    for one in ast.walk(value):
        text = one.value if isinstance(one, ast.Constant) and id(one) not in skip else None
        if (
            isinstance(text, str)
            and " " in text
            and is_word(text)
            and not _CODE.search(text)
            and text not in NAMES
        ):
            yield Found(value.lineno, text)


def _looks_like_words(text: str) -> bool:
    if (
        not is_named(text)
        or _HEADER.fullmatch(text)
        or _ONE_NAME.fullmatch(text)
        or text.strip() in NAMES
        or text.endswith(("/", "\n"))
    ):
        return False
    return "://" not in text and "\x00" not in text


def _lists_of_names(tree: ast.Module) -> Iterator[ast.expr]:
    """`"a b c".split()`, `__all__`, and what a type variable is called by."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant() as text, attr="split")):
                yield text
            case ast.Call(func=ast.Name(id="TypeVar"), args=[text, *_]):
                yield text
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                yield from names


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        for one in getattr(node, "body", ()) if not isinstance(node, ast.IfExp | ast.Lambda) else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant | ast.JoinedStr):
                yield one.value


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
