"""Stripe's lists: newest first, paged by cursor, filtered by time of creation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from typing import Any

from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.refusals import invalid, no_such
from ezcore.plugin_api.sandbox import Document

_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}
_LONGEST = 100


def page(account: Account, kind: str, params: dict[str, Any], url: str, **equal: Any) -> Document:
    """One page of the objects of a kind whose fields equal what is asked (None is not asked)."""
    wanted = {name: value for name, value in equal.items() if value is not None}
    plain = {name: value for name, value in wanted.items() if not isinstance(value, dict)}
    found = account.store.where(kind, newest_first=True, **plain)
    bounds = params.get("created")
    oldest = _oldest(bounds)
    items = (
        item
        for item in takewhile(lambda item: item["created"] >= oldest, found)
        if all(item.get(name) == value for name, value in wanted.items())
        and _in_time(item, bounds)
        and not item.get("deleted")
    )
    seen = visible(account, kind, items)
    if not (params.get("starting_after") or params.get("ending_before")):
        # The first page, and one more to know whether there are others: an account that is years old has many.
        seen = islice(seen, _LONGEST + 1)
    return cut(list(seen), params, url)


def cut(items: list[Document], params: dict[str, Any], url: str) -> Document:
    """The page of `items` that `limit`, `starting_after` and `ending_before` ask for."""
    limit = whole(params.get("limit", "10"), "limit")
    if not 1 <= limit <= _LONGEST:
        raise invalid("This value must be between 1 and 100.", "limit")
    if after := params.get("starting_after"):
        items = items[_place(items, after, "starting_after") + 1 :]
    elif before := params.get("ending_before"):
        items = items[: _place(items, before, "ending_before")]
        return {"object": "list", "data": items[-limit:], "has_more": len(items) > limit, "url": url}
    return {"object": "list", "data": items[:limit], "has_more": len(items) > limit, "url": url}


def visible(account: Account, kind: str, items: Iterable[Document]) -> Iterator[Document]:
    """Without what a `stale_read` fault hides: objects younger than `args.seconds`."""
    fault = account.faults.take(f"{kind}s.list", "stale_read")
    newest = None if fault is None else account.now() - int(fault.args.get("seconds", 60))
    return (item for item in items if newest is None or item["created"] <= newest)


def whole(text: Any, param: str) -> int:
    """A whole number out of a form. Raises: StripeRefusal."""
    try:
        return int(str(text))
    except ValueError:
        raise invalid(f"Invalid integer: {text}", param, "parameter_invalid_integer") from None


def _in_time(item: Document, bounds: Any) -> bool:
    if not bounds:
        return True
    if isinstance(bounds, str):
        return bool(item["created"] == whole(bounds, "created"))
    return all(
        _BOUNDS[name](item["created"], whole(value, f"created[{name}]")) for name, value in bounds.items()
    )


def _oldest(bounds: Any) -> int:
    """No object older than this can be asked for: they are read newest first, and reading stops there."""
    lower = [bounds[name] for name in ("gt", "gte") if name in bounds] if isinstance(bounds, dict) else []
    return max((whole(bound, "created") for bound in lower), default=0)


def _place(items: list[Document], id_: str, param: str) -> int:
    for place, item in enumerate(items):
        if item["id"] == id_:
            return place
    raise no_such("object", id_, param, 400)
