"""The views above a list: those that come with it, one's own, and those that colleagues share.

A view is a query of the list. It is opened by an address like any other, and the list reads it by its own filters;
what the list does not know any more is named, and the rest holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.saved_views import queries
from ezcore.saved_views.rules import asked

BUILT_IN: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "admin.tickets": (
        ("Mine", "mine=1"),
        ("Unassigned", "free=1"),
        ("Waiting for us", "waits=1"),
        ("My departments", "desk=1"),
    ),
    "admin.invoices": (("Due within a week", "soon=1"),),
}
"""Views that come with a list; their filters are the list's own."""
EVERYTHING: Final = "all"
"""`?view=all`: the whole list, for those whose list begins with a view."""
_UNKNOWN: Final = "ez.unknown_filters"
F = TypeVar("F", bound=Any)


@dataclass(frozen=True)
class ViewLink:
    """A view as a link; `built_in` words are ours and are translated, the others are their owner's."""

    label: str
    href: str
    current: bool
    built_in: bool = False


@dataclass(frozen=True)
class Strip:
    """What stands above a list: its views, what could be saved (`query`), and the filters that are gone."""

    place: str
    path: str
    links: Sequence[ViewLink]
    query: str = ""
    gone: Sequence[str] = ()
    begins_with_view: bool = False

    def around(self, filters: Sequence[F]) -> list[F]:
        """The filters of the list; "All" says so where the bare address would begin with a view."""
        if not self.begins_with_view:
            return list(filters)
        return [replace(f, href=f"{f.href}?view={EVERYTHING}") if f.href == self.path else f for f in filters]


def strip_of(request: Any, keep: Collection[str], sorts: Collection[str] = ()) -> Strip | None:
    """The views of the list of this request, which reads the filters `keep` and is sorted by `sorts`.

    None for a list that is part of a record's page. Raises: HTTPSeeOther to the view that this reader begins with.
    """
    page = request.ez_page
    if "{" in page.path or request.actor.user_id is None:
        return None
    views = queries.of_list(request.uow, page.route)
    first = next((view for view in views if view.first), None)
    if first is not None and request.method in ("GET", "HEAD") and not request.query_string:
        raise HTTPSeeOther(_address(request.path, first.query, first.id))
    now = asked(request.query_string)
    links = [
        ViewLink(label, f"{request.path}?{query}", asked(query) == now, built_in=True)
        for label, query in BUILT_IN.get(page.route, ())
    ]
    links += [
        ViewLink(view.name, _address(request.path, view.query, view.id), asked(view.query) == now)
        for view in views
    ]
    gone = _gone(request, now, keep, sorts) if "view" in request.GET else ()
    return Strip(page.route, request.path, links, urlencode(now), gone, first is not None)


def unknown_filter(request: Any, name: str, value: str) -> None:
    """Note that the list knows this filter, but not this value of it (any more)."""
    request.environ.setdefault(_UNKNOWN, []).append(f"{name}={value}")


def _gone(request: Any, now: Mapping[str, str], keep: Collection[str], sorts: Collection[str]) -> list[str]:
    known = {*keep, *(("sort",) if sorts else ())}
    names = [f"{name}={value}" for name, value in now.items() if name not in known]
    sort = now.get("sort", "")
    wrong = [f"sort={sort}"] if sort and sorts and sort.removeprefix("-") not in sorts else []
    return [one[:80] for one in (*names, *wrong, *request.environ.get(_UNKNOWN, ()))]


def _address(path: str, query: str, view_id: int) -> str:
    return f"{path}?{query}&view={view_id}"
