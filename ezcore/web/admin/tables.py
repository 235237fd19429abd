"""A list page: columns, rows of cells, filters as links, one page of fifty rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import func, literal, select

from ezcore.plugin_api.ui import RowSeen
from ezcore.web.admin.plugin_lists import Choices, choices_of, columns_of, has_columns, links
from ezcore.web.admin.saved_views.strip import Strip, strip_of, unknown_filter
from ezcore.web.shared.paging import PER_PAGE, Paging, paging

MOST_COUNTED: Final = 1000
"""Rows of a list are counted so far: to count a million takes longer than to show fifty."""


@dataclass(frozen=True)
class Column:
    """A heading; `cls` aligns (`end`) or hides on small screens (`c-hide`); `plugin` brought it."""

    label: str
    cls: str = ""
    plugin: str = ""


@dataclass(frozen=True)
class Filter:
    """A link above the list; `current` is the one that holds."""

    label: str
    href: str
    count: int | str | None
    current: bool


@dataclass(frozen=True)
class Bulk:
    """What can be done with ticked rows: `groups` of choices (value, words), sent to `action`.

    `number` tells the number of a result row; `query` is that of the list, to come back to.
    """

    action: str
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    number: Callable[[Any], int]
    query: str


@dataclass(frozen=True)
class Plugins:
    """A list that plugins add to: the name of its slots, its ids (and `names`), a row as plain facts."""

    slot: str
    column: Any
    seen: Callable[[Any], RowSeen]
    names: Any = None


@dataclass
class Listing:
    """What `admin/list.pt` prints."""

    title: str
    lead: str
    columns: Sequence[Column]
    rows: list[list[Any]]
    paging: Paging
    filters: Sequence[Filter] = ()
    empty: str = "Nothing here yet."
    empty_icon: str = "inbox"
    extra: dict[str, Any] = field(default_factory=dict)
    bulk: Bulk | None = None
    numbers: Sequence[int] = ()
    strip: Strip | None = None
    notes: Sequence[tuple[str, str]] = ()

    def page(self) -> dict[str, Any]:
        """The values for the template."""
        return {"listing": self, "title": self.title, **self.extra}


def link(request: Any, text: object, route: str, sub: object = "", **parts: Any) -> Markup:
    """A row's first cell: product and identifier, leading to the record."""
    href = request.route_path(route, **parts)
    return Markup('<a href="{}">{}</a>').format(href, text) + under(sub)


def under(text: object) -> Markup:
    """The second, quieter line of a cell."""
    return Markup('<span class="sub">{}</span>').format(text) if text else Markup("")


def listing(
    request: Any,
    query: Any,
    row: Callable[[Any], list[Any]],
    *,
    title: str,
    lead: str = "",
    columns: Sequence[Column],
    keep: Sequence[str] = (),
    filters: Sequence[Filter] = (),
    empty: str = "Nothing here yet.",
    limit: int = PER_PAGE,
    bulk: Bulk | None = None,
    plugins: Plugins | None = None,
) -> Listing:
    """One page of a query, of `limit` rows; `row` turns each result row into cells. With `bulk` rows can be ticked.

    With `plugins` they may add columns and filters.
    """
    choices = choices_of(request, f"{plugins.slot}.filters") if plugins else Choices()
    if plugins is not None:
        query, keep = query.where(*choices.only(plugins.column, plugins.names)), (*keep, *choices.keep)
    strip = strip_of(request, keep)
    page = paging(
        request, counted_up_to(request, query), keep=(*keep, "view"), limit=limit, most=MOST_COUNTED
    )
    found = request.uow.session.execute(query.offset(page.offset).limit(page.limit)).all()
    made = Listing(title, lead, columns, [row(each) for each in found], page, filters, empty, strip=strip)
    if plugins is not None:
        _add(request, made, plugins, choices, found)
    if strip is not None:
        made.filters = strip.around(made.filters)
    if bulk is not None:
        made.bulk, made.numbers = bulk, [bulk.number(each) for each in found]
    return made


def _add(request: Any, made: Listing, plugins: Plugins, choices: Choices, found: Sequence[Any]) -> None:
    seen = [plugins.seen(each) for each in found] if has_columns(request, f"{plugins.slot}.columns") else []
    more = columns_of(request, f"{plugins.slot}.columns", seen)
    made.notes = (*choices.notes, *more.notes)
    if more.given:
        made.columns = [*made.columns, *(Column(one.label, "", plugin) for plugin, one in more.given)]
        made.rows = [[*cells, *more.cells(one.id)] for cells, one in zip(made.rows, seen, strict=True)]
    if choices.given:
        mine = [Filter(words, href, None, current) for words, href, current in links(request, choices)]
        rest = [replace(one, current=False) for one in made.filters] if choices.asked else made.filters
        made.filters = [*rest, *mine]


def chosen_state(request: Any, counts: dict[str, int], name: str, known: Collection[str]) -> str:
    """The state that the address asks for: any that is `known`, also one that no row has; else nothing."""
    value: str = request.GET.get(name, "")
    if value not in known:
        return ""
    counts.setdefault(value, 0)
    return value


def state_filters(
    request: Any,
    counts: Mapping[str, int],
    name: str,
    words: Callable[[str], str],
    others: Collection[str] = (),
) -> list[Filter]:
    """Links by state with counts; a state that nobody knows shows everything, and is noted. `others` have own links."""
    chosen = request.GET.get(name, "")
    if chosen and chosen not in counts and chosen not in others:
        unknown_filter(request, name, chosen)
    every = Filter("All", request.path, told(sum(counts.values())), chosen not in counts)
    return [every] + [
        Filter(words(state), f"{request.path}?{urlencode({name: state})}", told(count), state == chosen)
        for state, count in sorted(counts.items())
    ]


def counted(request: Any, column: Any, *only: Any) -> dict[str, int]:
    """How many rows per value of a column, among those that fit `only`; none is counted beyond `MOST_COUNTED` + 1.

    Values are found one after the other, each by a look into the index of the column, and no row is read twice.
    """
    first = select(func.min(column).label("value")).cte("known", recursive=True)
    after = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    known = first.union_all(select(after).where(first.c.value.is_not(None)))
    some = select(literal(1)).select_from(column.class_).where(column == known.c.value, *only)
    few = some.limit(MOST_COUNTED + 1).correlate(known).subquery()
    count = select(func.count()).select_from(few).correlate(known).scalar_subquery()
    rows = request.uow.session.execute(select(known.c.value, count).where(known.c.value.is_not(None)))
    return {str(value): int(count) for value, count in rows if count}


def counted_up_to(request: Any, query: Any) -> int:
    """How many rows a list has, counted to `MOST_COUNTED` + 1 and no further."""
    some = query.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return request.uow.session.scalar(select(func.count()).select_from(some)) or 0


def told(count: int) -> int | str:
    """A count for people: what was not counted to its end is `1000+`."""
    return count if count <= MOST_COUNTED else f"{MOST_COUNTED}+"
