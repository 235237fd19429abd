"""A list page: columns, rows of cells, filters as links, one page of fifty rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import func, select

from ezcore.web.shared.paging import Paging, paging


@dataclass(frozen=True)
class Column:
    """A heading; `cls` aligns (`end`) or hides on small screens (`c-hide`)."""

    label: str
    cls: str = ""


@dataclass(frozen=True)
class Filter:
    """A link above the list; `current` is the one that holds."""

    label: str
    href: str
    count: int | None
    current: bool


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
) -> Listing:
    """One page of a query; `row` turns each result row into cells."""
    total = request.uow.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page = paging(request, total, keep=keep)
    found = request.uow.session.execute(query.offset(page.offset).limit(page.limit)).all()
    return Listing(title, lead, columns, [row(each) for each in found], page, filters, empty)


def state_filters(
    request: Any, counts: Mapping[str, int], name: str, words: Callable[[str], str]
) -> list[Filter]:
    """Links by state with counts; a state that nobody knows shows everything."""
    chosen = request.GET.get(name, "")
    every = Filter("All", request.path, sum(counts.values()), chosen not in counts)
    return [every] + [
        Filter(words(state), f"{request.path}?{urlencode({name: state})}", count, state == chosen)
        for state, count in sorted(counts.items())
    ]


def counted(request: Any, column: Any, *only: Any) -> dict[str, int]:
    """How many rows per value of a column, among those that fit `only`."""
    rows = request.uow.session.execute(select(column, func.count()).where(*only).group_by(column))
    return {str(value): int(count) for value, count in rows}
