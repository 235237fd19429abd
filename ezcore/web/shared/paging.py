"""Pages of a list and its order, read from the address: every page and every sort is a link that can be kept.

Rules: B012. A page that is no page is the nearest one there is; a sort that nobody offered is 400, because it was
typed by hand; filters that the list does not have are not carried along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPBadRequest

from ezcore.languages import say

PER_PAGE: Final = 25
Row = TypeVar("Row")
_PAGE: Final = re.compile(r"[1-9][0-9]{0,8}")
_AROUND: Final = 2
_LONGEST: Final = 200


@dataclass(frozen=True)
class Paging:
    """One page of `total` rows: what the query needs (`offset`, `limit`) and what the macro `pager` prints.

    `is_longer`: there are more rows, which nobody counted.
    """

    page: int
    total: int
    limit: int = PER_PAGE
    path: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    is_longer: bool = False

    @property
    def pages(self) -> int:
        """How many there are; an empty list has one, and one that is longer than was counted has one more."""
        known = max(1, -(-self.total // self.limit))
        return max(known, self.page + 1) if self.is_longer else known

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.limit

    @property
    def words(self) -> str:
        """Which rows these are."""
        if self.is_longer:
            return say(
                "${first} to ${last} of more than ${total}",
                first=self.offset + 1,
                last=self.offset + self.limit,
                total=max(self.total, self.offset + self.limit),
            )
        last = min(self.offset + self.limit, self.total)
        if not self.total:
            return say("None")
        return say("${first} to ${last} of ${total}", first=self.offset + 1, last=last, total=self.total)

    @property
    def shown(self) -> list[int | None]:
        """Numbers to print: first, last and those around this page; None where some are left out."""
        near = range(self.page - _AROUND, self.page + _AROUND + 1)
        numbers = sorted({1, self.pages, *(number for number in near if 1 <= number <= self.pages)})
        found: list[int | None] = []
        for number in numbers:
            if found and found[-1] != number - 1:
                found.append(None)
            found.append(number)
        return found

    def url(self, page: int) -> str:
        """The address of another page of the same list."""
        query = {**self.kept, **({"page": str(page)} if page > 1 else {})}
        return f"{self.path}?{urlencode(query)}" if query else self.path


@dataclass(frozen=True)
class Sorting:
    """How a list is ordered: `key` is one of those offered. `sort=-key` in the address means downwards."""

    key: str
    descending: bool = False
    path: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)

    def url(self, key: str) -> str:
        """The address of the same list sorted by `key`; the other way round when it is already."""
        down = key == self.key and not self.descending
        return f"{self.path}?{urlencode({**self.kept, 'sort': f'-{key}' if down else key})}"

    def aria(self, key: str) -> str | None:
        """For `aria-sort`; None for the columns that do not sort this list."""
        if key != self.key:
            return None
        return "descending" if self.descending else "ascending"


def paged(request: Any, rows: Sequence[Row], *, keep: Sequence[str] = ()) -> tuple[Sequence[Row], Paging]:
    """The rows of the page in the address, of a list that is all there already, and its pager."""
    found = paging(request, len(rows), keep=keep)
    return rows[found.offset : found.offset + found.limit], found


def paging(
    request: Any, total: int, *, keep: Sequence[str] = (), limit: int = PER_PAGE, most: int | None = None
) -> Paging:
    """The page of the address, clamped to those there are; `keep` names the filters its links carry along.

    With `most`, a larger total means that rows were counted no further: pages beyond are there for whoever goes on.
    """
    text = request.GET.get("page", "1")
    wanted = int(text) if _PAGE.fullmatch(text) else 1
    pages = max(1, -(-total // limit))
    kept = _kept(request, (*keep, "sort"))
    if most is not None and total > most:
        return Paging(wanted, most, limit, request.path, kept, is_longer=True)
    return Paging(min(wanted, pages), total, limit, request.path, kept)


def sorting(request: Any, offered: Sequence[str], default: str, *, keep: Sequence[str] = ()) -> Sorting:
    """The order of the address. Raises: HTTPBadRequest for one that is not offered.

    A saved view (`?view=3`) may be older than the list: its order is then the default one, and the list says so.
    """
    text = request.GET.get("sort", default)
    if text.removeprefix("-") not in offered and "view" in request.GET:
        text = default
    key = text.removeprefix("-")
    if key not in offered:
        raise HTTPBadRequest("this list cannot be sorted like that")
    return Sorting(key, text.startswith("-"), request.path, _kept(request, keep))


def _kept(request: Any, names: Sequence[str]) -> dict[str, str]:
    given = {name: request.GET.get(name, "") for name in names}
    return {name: value for name, value in given.items() if value and len(value) <= _LONGEST}
