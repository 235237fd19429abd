"""What can be done with many rows of a list at once, in words and as a function for one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ezcore.languages import say
from ezcore.web.admin.tables import Bulk
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Act:
    """One choice of the select above a list.

    `do` gets a unit of work of its own, the number of one thing and the reason; it tells whether something changed,
    and raises what the operation for one thing raises. With a `consequence` it is asked about first.
    """

    key: str
    label: str
    permission: str
    do: Callable[[UnitOfWork, int, str], bool]
    group: str = ""
    consequence: str = ""
    wants_reason: bool = False
    danger: bool = False

    @property
    def words(self) -> str:
        """How the answer names it: "Status: On hold"."""
        return f"{say(self.group)}: {say(self.label)}" if self.group else say(self.label)


@dataclass(frozen=True)
class Named:
    """One of the things that are meant, as the page that asks shows it."""

    number: int
    label: str
    href: str
    state: Markup
    sub: str = ""


@dataclass(frozen=True)
class Noun:
    """A list whose rows can be ticked: where it is, what can be done, and how its things are called."""

    route: str
    list_route: str
    title: str
    acts: Callable[[UnitOfWork], Sequence[Act]]
    named: Callable[[Any, UnitOfWork, Sequence[int]], Sequence[Named]]

    def bar(self, request: Any, number: Callable[[Any], int]) -> Bulk | None:
        """The bar above the list, with what this member of staff may do; None when that is nothing."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for act in self.acts(request.uow):
            if request.actor.may(act.permission):
                groups.setdefault(act.group, []).append((act.key, say(act.label)))
        if not groups:
            return None
        return Bulk(request.route_path(self.route), list(groups.items()), number, request.query_string)
