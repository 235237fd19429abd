"""/admin/reports/ageing/: open receivables, by how long they have been due."""

from __future__ import annotations

from typing import Any, Final

from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.reports.business.ageing.queries import ageing
from ezcore.reports.business.ageing.rules import Age
from ezcore.web.admin.reports.asked import asked, currency, day
from ezcore.web.admin.reports.charts import money_bars
from ezcore.web.admin.reports.report import MONEY, TEMPLATE, Column, Means, Report, Row, Table, answer
from ezcore.web.admin.reports.words import Share
from ezcore.web.shared.views import page

REPORT: Final = Report(
    "admin.reports.ageing",
    "Ageing",
    "What clients owe, by how many days it has been due.",
    (
        Means(
            "Open",
            "What is left to pay of issued invoices, with tax, when the day was over; not proformas, not "
            "drafts.",
        ),
        Means("Age", "Days since the due date. What is due on the day itself is due for 0 days."),
        Means("Total", "The balance of the ledger's account of receivables on the same day."),
    ),
)
WORDS: Final = {
    Age.NOT_YET: "Not due yet",
    Age.TO_30: "0 to 30 days",
    Age.TO_60: "31 to 60 days",
    Age.TO_90: "61 to 90 days",
    Age.OVER_90: "Over 90 days",
}
COLUMNS: Final = (Column("invoices", "Invoices"), Column("open", "Open"), Column("share", "Share"))


@page("admin.reports.ageing", "/admin/reports/ageing/", permission=MONEY, template=TEMPLATE)
def show_ageing(request: Any) -> Any:
    """The page and its file."""
    wish = asked(request, "on", "currency")
    code, on = currency(request, wish), day(request, wish)
    found = ageing(request.uow, on, code)
    whole = Money.total((one.amount for one in found), code)
    labels = [say(WORDS[one.age]) for one in found]
    rows = [
        Row(label, str(one.age), (one.invoices, one.amount, Share(one.amount.minor, whole.minor)))
        for label, one in zip(labels, found, strict=True)
    ]
    count = sum(one.invoices for one in found)
    total = Row("Total", "total", (count, whole, Share(whole.minor, whole.minor)))
    table = Table("ages", "Open receivables by age", "Age", "age", COLUMNS, rows, total)
    marks = [say("Not due") if one.age is Age.NOT_YET else str(one.age) for one in found]
    chart = money_bars(marks, code, [(say("Open"), [one.amount for one in found])])
    return answer(request, REPORT, wish, [table], chart, "What is open at each age")
