"""What pages say of an account's usage: from readings kept in our own table, the panel is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import groupby, pairwise
from typing import Final

from sqlalchemy import select

from ez_hestiacp.models import Reading
from ezcore.plugin_api import PluginContext
from ezcore.plugin_api.ui import (
    Contribution,
    Contributor,
    Figure,
    Panel,
    Period,
    Report,
    ReportRow,
    Row,
    SlotContext,
)

MODULE: Final = "hestiacp"
DAY: Final = timedelta(days=1)
SHOWN: Final = 7
FIGURES: Final = (
    Figure(
        "mib",
        "MiB",
        "What the counter of the server grew by, from night to night. Readings are kept for 100 days.",
    ),
    Figure("days", "Days", "Days of the time asked for of which something is known."),
)


def contributors(context: PluginContext) -> Sequence[Contributor]:
    """The same panel for clients and staff, and a report for staff."""
    give = partial(usage, context)
    panels = [Contributor(slot, give, only=MODULE) for slot in ("client.service.usage", "admin.service.side")]
    return [*panels, Contributor("admin.reports", partial(reports, context))]


def usage(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """Traffic of the month so far and of the last days, as it was read last; nothing when it was never read."""
    service = about.service
    if service is None or service.external_id is None or service.server_id is None:
        return []
    with context.reading() as session:
        rows = session.execute(
            select(Reading.day, Reading.counter)
            .where(Reading.server_id == service.server_id, Reading.user_name == service.external_id)
            .order_by(Reading.day.desc())
            .limit(SHOWN + 1)
        ).all()
    if not rows:
        return []
    known = [(row.day, int(row.counter)) for row in rows]
    days = list(used_by_day(reversed(known)))[::-1]
    return [
        Panel(
            "traffic",
            "Traffic",
            (Row("This month (MiB)", known[0][1]), Row("Counted on", known[0][0])),
            template="traffic.pt" if days else "",
            facts={"days": days},
        )
    ]


def reports(context: PluginContext, _about: SlotContext) -> Sequence[Contribution]:
    """What accounts used, the largest first."""
    lead = "What hosting accounts sent and received, by account."
    return [Report("traffic", "Hosting traffic", lead, "Account", FIGURES, partial(traffic, context))]


def traffic(context: PluginContext, period: Period) -> Sequence[ReportRow]:
    """A row per account; the first reading of a day tells of the day before."""
    mine = Reading.day.between(period.first - DAY, period.last + DAY)
    with context.reading() as session:
        rows = session.execute(
            select(Reading.server_id, Reading.user_name, Reading.day, Reading.counter)
            .where(mine)
            .order_by(Reading.server_id, Reading.user_name, Reading.day)
        ).all()
    found = []
    for (_, name), readings in groupby(rows, lambda row: (row.server_id, row.user_name)):
        days = used_by_day((row.day, int(row.counter)) for row in readings)
        within = [used for on, used in days if period.first <= on <= period.last]
        if within:
            found.append(ReportRow(str(name), (sum(within), len(within))))
    return sorted(found, key=lambda row: row.cells, reverse=True)


def used_by_day(readings: Iterable[tuple[date, int]]) -> Iterator[tuple[date, int]]:
    """(day, MiB), oldest first; a counter that fell began anew."""
    for (_, before), (on, counter) in pairwise(readings):
        yield on - DAY, counter - before if counter >= before else counter
