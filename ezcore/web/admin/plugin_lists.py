"""What plugins add to lists of staff: columns, asked once with all rows of the page, and choices above the list.

A list without such plugins asks nobody and costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import false, or_

from ezcore.plugin_api.ui import Column, Filter, RowSeen
from ezcore.web.admin.saved_views.strip import unknown_filter
from ezcore.web.shared.slots import ask_slot, contributors, draw_cell

PARAMETER: Final = "plugin"
"""`?plugin=<plugin>.<key>`: the filter of a plugin that holds."""
_LONGEST: Final = 90


@dataclass(frozen=True)
class Choices:
    """The filters of plugins above a list, and the one that holds."""

    given: Sequence[tuple[str, Filter]] = ()
    notes: Sequence[tuple[str, str]] = ()
    asked: str = ""
    held: Filter | None = None

    @property
    def keep(self) -> tuple[str, ...]:
        """The parameter, on lists that have such filters."""
        return (PARAMETER,) if self.given or self.asked else ()

    def only(self, ids: Any, names: Any = None) -> list[Any]:
        """The condition; a filter whose plugin does not answer leaves nothing, for a list must not show too much."""
        if not self.asked:
            return []
        if self.held is None:
            return [false()]
        found = [ids.in_(sorted(self.held.ids))] if self.held.ids else []
        if names is not None and self.held.names:
            found.append(names.in_(sorted(self.held.names)))
        return [or_(false(), *found)]


@dataclass(frozen=True)
class MoreColumns:
    """Columns of plugins with a cell for each row."""

    given: Sequence[tuple[str, Column]] = ()
    notes: Sequence[tuple[str, str]] = ()
    zone: str = "UTC"

    def cells(self, ident: int) -> list[Any]:
        """The cells of one row."""
        return [
            draw_cell(column.cells[ident], self.zone) if ident in column.cells else Markup("")
            for _, column in self.given
        ]


@dataclass(frozen=True)
class Notes:
    """What the macro of the notes prints: (plugin, why something of it is missing)."""

    notes: Sequence[tuple[str, str]]


def choices_of(request: Any, slot: str) -> Choices:
    """Ask for the filters of a list; `request.GET` says which of them holds."""
    typed = str(request.GET.get(PARAMETER, ""))[:_LONGEST]
    if not typed and not contributors(request, slot):
        return Choices()
    plugin, _, key = typed.partition(".")
    filled = ask_slot(request, slot, chosen=key or None)
    given = filled.of(Filter)
    held = next((one for name, one in given if (name, one.key) == (plugin, key)), None)
    if typed and held is None:
        unknown_filter(request, PARAMETER, typed)
        missing = (plugin, "it has no such filter now, so nothing is shown")
        return Choices(given, (*filled.notes, missing), typed)
    return Choices(given, filled.notes, typed, held)


def links(request: Any, choices: Choices, **others: str) -> list[tuple[str, str, bool]]:
    """(words, address, is it the one) of each filter; chosen again it is taken off."""
    found = []
    for plugin, one in choices.given:
        name = f"{plugin}.{one.key}"
        query = {**others, **({} if name == choices.asked else {PARAMETER: name})}
        address = f"{request.path}?{urlencode(query)}" if query else request.path
        found.append((one.label, address, name == choices.asked))
    return found


def has_columns(request: Any, slot: str) -> bool:
    """Does anybody want to know the rows?"""
    return bool(contributors(request, slot))


def columns_of(request: Any, slot: str, rows: Sequence[RowSeen]) -> MoreColumns:
    """Ask once for all rows of the page."""
    if not rows or not contributors(request, slot):
        return MoreColumns()
    filled = ask_slot(request, slot, rows=rows)
    return MoreColumns(filled.of(Column), filled.notes, request.settings.shop.time_zone)
