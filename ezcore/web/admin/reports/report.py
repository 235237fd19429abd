"""A report as a page and as files: what it is, what it means, a chart, tables. Every report is answered from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.web.admin.reports.asked import Asked
from ezcore.web.admin.reports.words import filed, shown
from ezcore.web.admin.signed_chart import SignedBars
from ezcore.web.shared.csv_file import csv_response

TEMPLATE: Final = "admin/reports/report.pt"
MONEY: Final = "reports.read"
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "from": ("First month", "month"),
    "to": ("Last month", "month"),
    "on": ("Day", "date"),
    "currency": ("Currency", "select"),
    "country": ("Country", "select"),
    "department": ("Department", "select"),
}
"""What can be asked of reports: the words at its field, and the kind of the field."""


class Means(NamedTuple):
    """A figure, and what it means."""

    figure: str
    words: str


@dataclass(frozen=True)
class Report:
    """What a report is: its route with its parts, its name, one sentence, what each figure means; who brought it."""

    route: str
    title: str
    lead: str
    means: tuple[Means, ...]
    permission: str = MONEY
    parts: Mapping[str, str] = field(default_factory=dict)
    plugin: str = ""


@dataclass(frozen=True)
class Column:
    """A figure of every row; `key` is its name in the file. `is_typed`: somebody gave it that name."""

    key: str
    label: str
    is_typed: bool = False

    @property
    def word(self) -> str:
        """The label in the reader's language."""
        return self.label if self.is_typed else say(self.label)


@dataclass(frozen=True)
class Row:
    """What the row is about, as a word and as it stands in the file; its figures. `note` stands below the word."""

    label: str
    key: str
    cells: Sequence[Any]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Figures; `about` is the heading of the first column and `key` its name in the file.

    `most` rows of it are shown on the page, none when it is `only_file`.
    """

    name: str
    title: str
    about: str
    key: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    only_file: bool = False
    most: int | None = None

    @property
    def shown(self) -> Sequence[Row]:
        """The rows of the page; the file has them all."""
        return () if self.only_file else self.rows[: self.most]

    @property
    def is_empty(self) -> bool:
        """Nothing happened at all."""
        return not any(_is_something(value) for row in self.rows for value in row.cells)


def answer(
    request: Any,
    report: Report,
    wish: Asked,
    tables: Sequence[Table],
    chart: SignedBars | None,
    chart_title: str,
) -> Any:
    """The page; with `format=csv` one of its tables as a file, the first unless `table` names another."""
    if request.GET.get("format") == "csv" and not wish.errors:
        return _file(request, report, wish, tables)
    if wish.errors:
        request.response.status_int = 422
    fields = [
        {"name": name, "label": FIELDS[name][0], "kind": FIELDS[name][1], "value": value,
         "choices": wish.choices.get(name, ()), "error": wish.errors.get(name)}
        for name, value in wish.typed.items()
    ]  # fmt: skip
    return {
        "report": report,
        "fields": fields,
        "errors": wish.errors,
        "problem": "",
        "tables": tables,
        "is_empty": tables[0].is_empty,
        "chart": chart,
        "chart_title": chart_title,
        "shown": shown,
        "file_of": lambda table: f"?{urlencode(wish.query | {'format': 'csv', 'table': table.name})}",
    }


def _file(request: Any, report: Report, wish: Asked, tables: Sequence[Table]) -> Any:
    named = {table.name: table for table in tables}
    table = named.get(request.GET.get("table", ""), tables[0])
    code = wish.typed.get("currency", "")
    head = [table.key, *(column.key for column in table.columns), *(["currency"] if code else [])]
    rows = [[row.key, *map(filed, row.cells), *([code] if code else [])] for row in table.rows]
    names = report.parts.values() or (report.route.rpartition(".")[2],)
    parts = (*names, table.name, *wish.typed.values())
    return csv_response(f"{'-'.join(part for part in parts if part)}.csv", head, rows)


def month_key(month: date) -> str:
    """A month as files and addresses have it."""
    return f"{month:%Y-%m}"


def _is_something(value: Any) -> bool:
    return not value.is_zero if isinstance(value, Money) else bool(value)
