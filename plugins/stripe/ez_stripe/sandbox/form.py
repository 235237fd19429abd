"""Reads Stripe's form encoding: `a[b][0][c]=x` becomes {"a": {"b": [{"c": "x"}]}}."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PART = re.compile(r"\[([^\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields as a tree; numbered parts become lists. Values stay text, as they came."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, _, _ = name.partition("[")
        _put(tree, [head, *_PART.findall(name[len(head) :])], value)
    return {key: _lists(item) for key, item in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            below = tree[part] = {}
        tree = below
    last = path[-1] or str(len(tree))
    tree[last] = value


def _lists(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    if item and all(key.isdigit() for key in item):
        return [_lists(item[key]) for key in sorted(item, key=int)]
    return {key: _lists(value) for key, value in item.items()}
