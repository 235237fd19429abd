"""/admin/reports/support/: how long clients waited. Whoever sees the admin area may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ezcore.languages import say
from ezcore.reports.business.months import Months
from ezcore.reports.business.support.queries import departments, talks
from ezcore.reports.business.support.rules import Row as Times
from ezcore.reports.business.support.rules import (
    Talk,
    by_department,
    by_department_and_month,
    by_month,
    row,
)
from ezcore.support.tickets.models import Department
from ezcore.web.admin.reports.asked import asked, chosen, months
from ezcore.web.admin.reports.charts import time_bars
from ezcore.web.admin.reports.report import TEMPLATE, Column, Means, Report, Row, Table, answer, month_key
from ezcore.web.admin.reports.words import month_mark, month_name
from ezcore.web.shared.views import page

REPORT: Final = Report(
    "admin.reports.support",
    "Support times",
    "How long clients waited for a first answer, and how long tickets stood open.",
    (
        Means(
            "Tickets",
            "Tickets that were opened in the month, in the department where they are now; merged ones are "
            "not counted.",
        ),
        Means(
            "First answer",
            "From the first message of the client to the first message of staff after it that the client "
            "can read; nights and weekends count.",
        ),
        Means("Time to close", "From opening to the last closing, of tickets that are closed now."),
        Means(
            "Half, 9 of 10",
            "Half of the waits were not longer (the median), nine of ten were not longer (the 90th "
            "percentile).",
        ),
        Means(
            "Unanswered",
            "Tickets in which a client wrote and staff has not answered yet. They have no wait that could "
            "be counted.",
        ),
    ),
    permission="staff.read",
)
COLUMNS: Final = (
    Column("tickets", "Tickets"),
    Column("unanswered", "Unanswered"),
    Column("answer_half", "Answer, half"),
    Column("answer_9_of_10", "Answer, 9 of 10"),
    Column("closed", "Closed"),
    Column("close_half", "Close, half"),
    Column("close_9_of_10", "Close, 9 of 10"),
)
EVERY: Final = "all"
MOST_ROOMS: Final = 15
MOST_CELLS: Final = 40
"""What the page shows of the departments; the files have them all."""


@page("admin.reports.support", "/admin/reports/support/", permission="staff.read", template=TEMPLATE)
def show_support(request: Any) -> Any:
    """The page and its files."""
    wish = asked(request, "from", "to", "department")
    period, known = months(request, wish), {one.id: one for one in departments(request.uow)}
    offered = {one.slug: one.name for one in known.values()}
    wish.choices["department"] = [(EVERY, say("All")), *offered.items()]
    department = chosen(wish, "department", offered, EVERY)
    found = talks(request.uow, period)
    mine = [one for one in found if department in (EVERY, known[one.department_id].slug)]
    by_time = by_month(period, mine)
    tables = [
        Table("months", "Waits by month", "Month", "month", COLUMNS,
              [_row(month_name(one.month), month_key(one.month), one) for one in by_time if one.month],
              _row("All months", "total", row(mine))),
        Table("departments", "Waits by department", "Department", "department", COLUMNS,
              _of_departments(by_department(found, list(known)), known), most=MOST_ROOMS),
        _counts(period, found, known),
    ]  # fmt: skip
    waits = [
        (say("Half"), [one.answer_half for one in by_time]),
        (say("9 of 10"), [one.answer_most for one in by_time]),
    ]
    chart = time_bars([month_mark(month) for month in period.all], waits)
    return answer(request, REPORT, wish, tables, chart, "Wait for the first answer, by month")


def _counts(period: Months, found: Sequence[Talk], known: Mapping[int, Department]) -> Table:
    counts = by_department_and_month(period, found, list(known))
    rows = [
        Row(month_name(month), month_key(month), cells)
        for month, cells in zip(period.all, counts, strict=True)
    ]
    columns = [Column(one.slug, one.name, is_typed=True) for one in known.values()]
    long = len(rows) * len(columns) > MOST_CELLS
    return Table(
        "tickets", "Tickets by month and department", "Month", "month", columns, rows, only_file=long
    )


def _of_departments(rows: Sequence[Times], known: Mapping[int, Department]) -> list[Row]:
    rooms = [known[one.department_id] for one in rows if one.department_id is not None]
    return [_row(room.name, room.slug, one) for room, one in zip(rooms, rows, strict=True)]


def _row(label: str, key: str, one: Times) -> Row:
    cells = (
        one.tickets,
        one.unanswered,
        one.answer_half,
        one.answer_most,
        one.closed,
        one.close_half,
        one.close_most,
    )
    return Row(label, key, cells)
