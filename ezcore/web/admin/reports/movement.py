"""/admin/reports/movement/: recurring revenue at month end, and what was won and lost of it."""

from __future__ import annotations

from typing import Any, Final

from ezcore.languages import say
from ezcore.reports.business.movement.queries import movement
from ezcore.web.admin.reports.asked import asked, currency, months
from ezcore.web.admin.reports.charts import money_bars
from ezcore.web.admin.reports.report import (
    MONEY,
    TEMPLATE,
    Column,
    Means,
    Report,
    Row,
    Table,
    answer,
    month_key,
)
from ezcore.web.admin.reports.words import month_mark, month_name
from ezcore.web.shared.views import page

REPORT: Final = Report(
    "admin.reports.movement",
    "Recurring movement",
    "What running services are worth in a month, and what was won and lost of it.",
    (
        Means(
            "Worth",
            "The price of a service, before discounts and tax, divided by the months of its cycle; a year "
            "has 12 months and 365 days. Billed once is worth nothing.",
        ),
        Means(
            "At start, at end",
            "All services that were handed over and have not ended; also suspended ones. The last month "
            "is told as it stands now.",
        ),
        Means("New", "Services that were handed over in the month, at the price they had then."),
        Means(
            "Raised, reduced",
            "Services whose price changed: by another plan, option or cycle, or because the catalogue moved.",
        ),
        Means(
            "Lost",
            "Services that ended in the month. The begin with new and raised, less reduced and lost, is the end.",
        ),
    ),
)
COLUMNS: Final = (
    Column("begin", "At start"),
    Column("new", "New"),
    Column("up", "Raised"),
    Column("down", "Reduced"),
    Column("lost", "Lost"),
    Column("end", "At end"),
)


@page("admin.reports.movement", "/admin/reports/movement/", permission=MONEY, template=TEMPLATE)
def show_movement(request: Any) -> Any:
    """The page and its file."""
    wish = asked(request, "from", "to", "currency")
    code, period = currency(request, wish), months(request, wish)
    found = movement(request.uow, period, code)
    rows = [
        Row(
            month_name(one.month),
            month_key(one.month),
            (one.begin, one.new, one.up, one.down, one.lost, one.end),
        )
        for one in found
    ]
    chart = money_bars(
        [month_mark(one.month) for one in found],
        code,
        [
            (say("New"), [one.new for one in found]),
            (say("Raised"), [one.up for one in found]),
            (say("Lost"), [-one.lost for one in found]),
            (say("Reduced"), [-one.down for one in found]),
        ],
        stacked=True,
    )
    table = Table("months", "Monthly recurring revenue", "Month", "month", COLUMNS, rows)
    return answer(request, REPORT, wish, [table], chart, "Won above, lost below, by month")
