"""/admin/reports/churn/: services and clients that left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ezcore.languages import say
from ezcore.reports.business.churn.queries import churn
from ezcore.reports.business.churn.rules import Moves
from ezcore.web.admin.reports.asked import asked, months
from ezcore.web.admin.reports.charts import share_bars
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
from ezcore.web.admin.reports.words import Share, month_mark, month_name
from ezcore.web.shared.views import page

REPORT: Final = Report(
    "admin.reports.churn",
    "Churn",
    "Services and clients that left in a month, of those that stood when it began.",
    (
        Means(
            "Service",
            "One that is billed again and again, from the day it was handed over until it ended; also a "
            "suspended one, and an add-on.",
        ),
        Means("Client", "One who had at least one such service at that moment."),
        Means(
            "Joined",
            "Services handed over in the month; clients who had none at its begin and one at its end.",
        ),
        Means(
            "Lost",
            "Of those that stood at the start: services that ended in the month, clients who had none "
            "left at its end.",
        ),
        Means("Loss rate", "Lost, divided by those that stood at the start."),
    ),
)
COLUMNS: Final = (
    Column("begin", "At start"),
    Column("came", "Joined"),
    Column("lost", "Lost"),
    Column("rate", "Loss rate"),
)


@page("admin.reports.churn", "/admin/reports/churn/", permission=MONEY, template=TEMPLATE)
def show_churn(request: Any) -> Any:
    """The page and its files."""
    wish = asked(request, "from", "to")
    period = months(request, wish)
    found = churn(request.uow, period)
    services, clients = [one.services for one in found], [one.clients for one in found]
    rows = [(month_name(one.month), month_key(one.month)) for one in found]
    tables = [
        Table("services", "Services by month", "Month", "month", COLUMNS, _rows(rows, services)),
        Table("clients", "Clients by month", "Month", "month", COLUMNS, _rows(rows, clients)),
    ]
    rates = [
        (say("Services"), [_rate(one) for one in services]),
        (say("Clients"), [_rate(one) for one in clients]),
    ]
    chart = share_bars([month_mark(one.month) for one in found], rates)
    return answer(request, REPORT, wish, tables, chart, "Lost of those that stood at the start, by month")


def _rows(heads: Sequence[tuple[str, str]], moves: Sequence[Moves]) -> list[Row]:
    return [
        Row(*head, (one.begin, one.came, one.lost, _rate(one)))
        for head, one in zip(heads, moves, strict=True)
    ]


def _rate(one: Moves) -> Share:
    return Share(one.lost, one.begin)
