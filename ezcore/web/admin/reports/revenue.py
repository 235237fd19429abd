"""/admin/reports/revenue/: what was invoiced and what came in, by month."""

from __future__ import annotations

from typing import Any, Final

from ezcore.languages import say
from ezcore.reports.business.revenue.queries import revenue
from ezcore.reports.business.revenue.rules import Row as Month
from ezcore.reports.business.revenue.rules import total
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
    "admin.reports.revenue",
    "Revenue",
    "What was invoiced without tax, and what money came in, month by month.",
    (
        Means(
            "Invoiced",
            "Invoices and debit notes issued in the month, without tax; added funds are not revenue.",
        ),
        Means(
            "Taken back",
            "Credit notes and cancellations of the month, without tax, whenever the invoice was issued.",
        ),
        Means("Net", "Invoiced less taken back: the month's change of the revenue accounts of the ledger."),
        Means(
            "Received",
            "Payments that arrived at gateways and the bank, with tax, less the fees kept of them.",
        ),
        Means("Given back", "Refunds that were sent, and what banks withdrew in disputes."),
        Means("Kept", "Received less given back: the month's change of the cash accounts of the ledger."),
    ),
)
COLUMNS: Final = (
    Column("invoiced", "Invoiced"),
    Column("taken_back", "Taken back"),
    Column("net", "Net"),
    Column("received", "Received"),
    Column("given_back", "Given back"),
    Column("kept", "Kept"),
)


@page("admin.reports.revenue", "/admin/reports/revenue/", permission=MONEY, template=TEMPLATE)
def show_revenue(request: Any) -> Any:
    """The page and its file."""
    wish = asked(request, "from", "to", "currency")
    code, period = currency(request, wish), months(request, wish)
    rows = revenue(request.uow, period, code)
    table = Table(
        "months",
        "Revenue by month",
        "Month",
        "month",
        COLUMNS,
        [_row(month_name(one.month), one) for one in rows],
        _row("All months", total(rows, code, period.first)),
    )
    chart = money_bars(
        [month_mark(one.month) for one in rows],
        code,
        [
            (say("Net invoiced"), [one.net for one in rows]),
            (say("Kept of what was received"), [one.kept for one in rows]),
        ],
    )
    return answer(request, REPORT, wish, [table], chart, "Net invoiced and money kept, by month")


def _row(label: str, one: Month) -> Row:
    cells = (one.invoiced, one.taken_back, one.net, one.received, one.given_back, one.kept)
    return Row(label, month_key(one.month), cells)
