"""A report of a plugin stands among ours, says what its figures mean, and is given as a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ezcore.plugin_api import Money
from ezcore.plugin_api.ui import Figure, Report, ReportRow

FIGURES = (Figure("mib", "MiB <i>", "What the counter said."), Figure("costs", "Costs", "At the vendor."))
ADDRESS = "/admin/reports/plugins/guest/traffic/"


def report(ask):
    """A function that gives one report."""
    made = Report("traffic", "Traffic", "What accounts used.", "Account", FIGURES, ask)
    return lambda context: [made] if context.slot == "admin.reports" else []


def test_it_is_listed_drawn_explained_and_given_as_a_file(guest):
    asked = []

    def rows(period):
        asked.append(period)
        return [
            ReportRow("ann & co", (7, Money.parse("5.00", "EUR"))),
            ReportRow("=1+1", (Decimal("2.5"), "none")),
        ]

    guest.give = report(rows)
    page = guest.open("/admin/reports/").click("Traffic", href=ADDRESS)
    assert "ann &amp; co" in page
    assert "What the counter said." in page
    assert "€5.00" in page
    assert '<span class="plugin-tag">guest</span>' in page
    page = guest.open(f"{ADDRESS}?from=2026-01&to=2026-02")
    assert (asked[-1].first, asked[-1].last) == (date(2026, 1, 1), date(2026, 2, 28)), "whole months"
    file = page.click("CSV")
    assert file.text.splitlines() == ["about,mib,costs", "ann & co,7,5.00 EUR", "'=1+1,2.5,none"]
    assert "guest-traffic-rows-2026-01-2026-02.csv" in file.headers["Content-Disposition"]


def test_months_that_cannot_be_read_are_told_at_their_field(guest):
    guest.give = report(lambda period: [])
    page = guest.open(f"{ADDRESS}?from=now", status=422)
    assert "Write a month, such as 2026-03" in page


@pytest.mark.parametrize(
    "ask",
    [
        lambda period: 1 / 0,
        lambda period: "<h1>mine</h1>",
        lambda period: [("ann", 7)],
        lambda period: [ReportRow("ann", (7,))],
        lambda period: [ReportRow("ann", (7, object()))],
        lambda period: [ReportRow("ann", (7, 7))] * 3000,
    ],
)
def test_whatever_its_rows_are_the_page_stays_and_says_so(guest, ask):
    guest.give = report(ask)
    page = guest.open(ADDRESS)
    assert "The plugin did not give this report" in page
    assert "What the figures mean" in page


def test_one_that_nobody_brings_is_not_there(guest):
    guest.open(ADDRESS, status=404)


def test_reports_of_plugins_are_for_those_who_may_see_reports(guest, as_staff):
    guest.give = report(lambda period: [])
    support = as_staff("mari@staff.example", "support")
    assert "Traffic" not in support.get("/admin/reports/")
    support.get(ADDRESS, status=403)
