"""/admin/reports/plugins/<plugin>/<key>/: a report that a plugin computes; drawn and given as a file like our own."""

from __future__ import annotations

import calendar
from functools import partial
from typing import Any, Final

from ezcore.kernel.errors import NotFound
from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.plugin_api import ui
from ezcore.plugin_host.ui import WrongContribution, checked_rows
from ezcore.web.admin.reports.asked import asked, months
from ezcore.web.admin.reports.report import MONEY, TEMPLATE, Column, Means, Report, Row, Table, answer
from ezcore.web.shared.slots import NOBODY, Drawing, draw_cell, draw_slot
from ezcore.web.shared.views import page

SLOT: Final = "admin.reports"
LIMIT: Final = 5.0
"""Seconds that a plugin has for the rows of a report."""
ROUTE: Final = "admin.reports.plugin"


def brought(request: Any) -> tuple[list[tuple[str, ui.Report]], Drawing]:
    """(plugin, report) that this member of staff may open, and what the list says of those that are missing."""
    if not request.actor.may(MONEY):
        return [], NOBODY
    drawn = draw_slot(request, SLOT)
    return drawn.filled.of(ui.Report), drawn


def described(found: tuple[str, ui.Report]) -> Report:
    """As the list and the page of reports know it."""
    plugin, report = found
    means = tuple(Means(one.label, one.means) for one in report.figures)
    parts = {"plugin": plugin, "key": report.key}
    return Report(ROUTE, report.title, report.lead, means, parts=parts, plugin=plugin)


@page(
    ROUTE, "/admin/reports/plugins/{plugin}/{key}/", permission=MONEY, template=TEMPLATE
)  # fmt: skip
def show_report(request: Any) -> Any:
    """The page and its file. That of the plugin's own contributor is asked for as well."""
    wanted = (request.matchdict["plugin"], request.matchdict["key"])
    found = next((one for one in brought(request)[0] if (one[0], one[1].key) == wanted), None)
    if found is None:
        raise NotFound("there is no such report")
    plugin, report = found
    wish = asked(request, "from", "to")
    period = months(request, wish)
    last = period.last.replace(day=calendar.monthrange(period.last.year, period.last.month)[1])
    call = partial(report.ask, ui.Period(period.first, last))
    problem, rows = "", []
    try:
        rows = request.host_of_plugins.slots.ask_one(plugin, SLOT, call, partial(checked_rows, report), LIMIT)
    except WrongContribution as error:
        problem = str(error)
    zone = request.settings.shop.time_zone
    as_it_goes = _filed if request.GET.get("format") == "csv" else lambda value: value
    table = Table(
        "rows", report.title, report.about, "about",
        [Column(one.key, one.label) for one in report.figures],
        [
            Row(say(one.label) if one.is_word else one.label, one.label, tuple(map(as_it_goes, one.cells)))
            for one in rows
        ],
    )  # fmt: skip
    page_of = answer(request, described(found), wish, [table], None, "")
    if isinstance(page_of, dict):
        page_of |= {"problem": problem, "shown": lambda value: draw_cell(value, zone)}
    return page_of


def _filed(value: Any) -> Any:
    """An amount with its currency: a report of a plugin may tell of several."""
    return f"{value.decimal:f} {value.currency}" if type(value) is Money else value
