"""A report of a plugin: drawn, explained and given as a file by the core like its own (docs/reports.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ezcore.plugin_api.ui.values import Cell

MOST_REPORT_ROWS: Final = 2000


@dataclass(frozen=True)
class Period:
    """Whole months of the shop's time zone; both days are in it."""

    first: date
    last: date


@dataclass(frozen=True)
class Figure:
    """A column of a report: its name in the file, its heading, and what it means in a sentence."""

    key: str
    label: str
    means: str


@dataclass(frozen=True)
class ReportRow:
    """What the row is about, and one cell per figure. `is_word`: the label is a word of the plugin."""

    label: str
    cells: tuple[Cell, ...]
    is_word: bool = False


@dataclass(frozen=True)
class Report:
    """A page of `/admin/reports/`. `ask` computes its rows within five seconds, in a thread of its own.

    `about` is the heading of the first column. Amounts of two currencies belong in two rows.
    """

    key: str
    title: str
    lead: str
    about: str
    figures: tuple[Figure, ...]
    ask: Callable[[Period], Sequence[ReportRow]]
    order: int = 50
