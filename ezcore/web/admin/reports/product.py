"""/admin/reports/products/: income by product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.reports.business.product.queries import names, products
from ezcore.reports.business.product.rules import Row as Product
from ezcore.reports.business.product.rules import largest
from ezcore.web.admin.reports.asked import asked, currency, months
from ezcore.web.admin.reports.charts import money_bars
from ezcore.web.admin.reports.report import MONEY, TEMPLATE, Column, Means, Report, Row, Table, answer
from ezcore.web.admin.reports.words import Share, month_mark
from ezcore.web.shared.views import page

REPORT: Final = Report(
    "admin.reports.products",
    "Income by product",
    "What each product brought in, with credit notes taken off.",
    (
        Means(
            "Invoiced",
            "Lines of invoices issued in the time, without tax, less discounts; added funds are not income.",
        ),
        Means(
            "Taken back",
            "Lines of credit notes and cancellations of the time, whenever the invoice was issued.",
        ),
        Means("Net", "Invoiced less taken back. All products together are the net of the revenue report."),
        Means(
            "Product",
            "The one whose price the line bills. Lines written by hand, late fees and domain names are of "
            "no product.",
        ),
    ),
)
COLUMNS: Final = (
    Column("invoiced", "Invoiced"),
    Column("taken_back", "Taken back"),
    Column("net", "Net"),
    Column("share", "Share"),
)
DRAWN: Final = 3
MOST: Final = 100


@page("admin.reports.products", "/admin/reports/products/", permission=MONEY, template=TEMPLATE)
def show_products(request: Any) -> Any:
    """The page and its file; the chart draws the largest, the page shows the first hundred."""
    wish = asked(request, "from", "to", "currency")
    code, period = currency(request, wish), months(request, wish)
    found, known = products(request.uow, period, code), names(request.uow)
    whole = Money.total((one.net for one in found), code)
    invoiced = Money.total((one.invoiced for one in found), code)
    rows = [
        Row(
            _name(one, known),
            _name(one, known),
            (one.invoiced, one.taken_back, one.net, _share(one.net, whole)),
        )
        for one in found
    ]
    total = Row("All products", "total", (invoiced, invoiced - whole, whole, _share(whole, whole)))
    table = Table("products", "Income by product", "Product", "product", COLUMNS, rows, total, most=MOST)
    first, others = largest(found, DRAWN)
    series = [(_name(one, known), one.by_month) for one in first]
    if others:
        series.append((say("All others"), others))
    chart = money_bars([month_mark(month) for month in period.all], code, series, stacked=True)
    return answer(request, REPORT, wish, [table], chart, "Net income of the largest products, by month")


def _name(one: Product, known: Mapping[int, str]) -> str:
    if one.product_id is None:
        return say("Not of a product")
    return known.get(one.product_id, f"#{one.product_id}")


def _share(part: Money, whole: Money) -> Share:
    return Share(part.minor, whole.minor)
