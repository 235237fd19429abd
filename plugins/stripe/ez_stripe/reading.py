"""Reads Stripe's objects with suspicion: what is missing is said so, and nothing is guessed."""

from __future__ import annotations

from typing import Any

Doc = dict[str, Any]


class Unreadable(Exception):
    """Stripe answered something that is not what its documentation says."""


def text(doc: Doc, name: str) -> str:
    """A text that must be there. Raises: Unreadable."""
    value = doc.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"no {name} in {_kind(doc)}")
    return value


def text_or_none(doc: Doc, name: str) -> str | None:
    """A text, or None for anything else."""
    value = doc.get(name)
    return value if isinstance(value, str) and value else None


def number(doc: Doc, name: str) -> int:
    """A whole number that must be there. Raises: Unreadable."""
    value = doc.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable(f"no whole number {name} in {_kind(doc)}")
    return value


def inner(doc: Doc, name: str) -> Doc:
    """An expanded object, or an empty one when it is null or only an id."""
    value = doc.get(name)
    return value if isinstance(value, dict) else {}


def id_of(doc: Doc, name: str) -> str | None:
    """The id of an object that may be expanded or not."""
    value = doc.get(name)
    return text_or_none(value, "id") if isinstance(value, dict) else text_or_none(doc, name)


def items(doc: Doc) -> list[Doc]:
    """The objects of a list. Raises: Unreadable."""
    data = doc.get("data")
    if not isinstance(data, list):
        raise Unreadable(f"no data in {_kind(doc)}")
    return [item for item in data if isinstance(item, dict)]


def _kind(doc: Doc) -> str:
    return f"Stripe's {text_or_none(doc, 'object') or 'answer'}"
