"""/admin/reports/tax/: tax by country and month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ezcore.accounts.countries import countries
from ezcore.billing.taxes.rules import percent
from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.reports.business.tax.queries import taxed
from ezcore.reports.business.tax.rules import Kind, Taxed, by_kind, by_kind_and_month, by_month
from ezcore.reports.business.tax.rules import Row as Tax
from ezcore.web.admin.reports.asked import Asked, asked, chosen, currency, months
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
    "admin.reports.tax",
    "Tax by country",
    "The tax on invoices, less credit notes, by country and month.",
    (
        Means(
            "Country",
            "Whose tax was charged; where none was, the buyer's country as it stands on the invoice.",
        ),
        Means(
            "Base",
            "What the tax was computed on. Also told where the rate is 0: exports, and tax that the buyer "
            "pays.",
        ),
        Means("Letter", "VAT category: S taxed, AE the buyer pays, E exempt, O outside, Z taxed at 0."),
        Means(
            "Tax",
            "On the day an invoice was issued, less that of credit notes and cancellations on the day of "
            "those. The month's change of the ledger's account of tax.",
        ),
    ),
)
COLUMNS: Final = (Column("base", "Base"), Column("tax", "Tax"))
DETAILS: Final = (
    Column("country", "Country"),
    Column("name", "Name"),
    Column("rate", "Rate"),
    Column("category", "Category"),
    *COLUMNS,
)
EVERY: Final = "all"


@page("admin.reports.tax", "/admin/reports/tax/", permission=MONEY, template=TEMPLATE)
def show_tax(request: Any) -> Any:
    """The page and its files; one of them has each month by country."""
    wish = asked(request, "from", "to", "currency", "country")
    code, period = currency(request, wish), months(request, wish)
    found = _of_country(wish, taxed(request.uow, period, code))
    kinds, by_time = by_kind(found, code), by_month(period, found, code)
    total = (
        "All",
        "total",
        (_sum((one.base for one in kinds), code), _sum((one.tax for one in kinds), code)),
    )
    tables = [
        Table("countries", "Tax by country", "Country", "country", COLUMNS, [_kind(one) for one in kinds], Row(*total)),
        Table("months", "Tax by month", "Month", "month", COLUMNS, [_month(one) for one in by_time], Row(*total)),
        Table("details", "Tax by month and country", "Month", "month", DETAILS,
              [_detail(one) for one in by_kind_and_month(found, code)], only_file=True),
    ]  # fmt: skip
    marks = [month_mark(month) for month in period.all]
    chart = money_bars(marks, code, [(say("Tax"), [one.tax for one in by_time])])
    return answer(request, REPORT, wish, tables, chart, "Tax, month by month")


def _of_country(wish: Asked, found: Sequence[Taxed]) -> list[Taxed]:
    known = {code: _name(code) for code in sorted({one.kind.country for one in found})}
    wish.choices["country"] = [(EVERY, say("All")), *sorted(known.items(), key=lambda item: item[1])]
    if wish.typed["country"] and wish.typed["country"] not in known and wish.typed["country"] in countries():
        known[wish.typed["country"]] = ""  # a country of which there is nothing, in a link that was kept
    country = chosen(wish, "country", known, EVERY)
    return [one for one in found if country in (EVERY, one.kind.country)]


def _kind(one: Tax) -> Row:
    kind = _told(one)
    note = f"{kind.name} {percent(kind.rate_ppm)} % {kind.category}"
    return Row(_name(kind.country), f"{kind.country} {note}", (one.base, one.tax), note)


def _month(one: Tax) -> Row:
    assert one.month is not None
    return Row(month_name(one.month), month_key(one.month), (one.base, one.tax))


def _detail(one: Tax) -> Row:
    assert one.month is not None
    kind = _told(one)
    cells = (kind.country, kind.name, percent(kind.rate_ppm), kind.category, one.base, one.tax)
    return Row(month_name(one.month), month_key(one.month), cells)


def _told(one: Tax) -> Kind:
    assert one.kind is not None
    return one.kind


def _name(code: str) -> str:
    return countries().get(code, code) or say("Unknown")


def _sum(amounts: Any, code: str) -> Money:
    return Money.total(amounts, code)
