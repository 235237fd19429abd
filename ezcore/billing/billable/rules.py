"""Pure: which charges of a billable item have come, and when the next one comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ezcore.billing.billable.models import BillableItem, BillableState
from ezcore.billing.invoices.rules import LineDraft
from ezcore.kernel.period import Cycle, next_start

MOST_AT_ONCE = 60  # charges made up in one go, when nobody ran the billing for years


def charges_due(item: BillableItem, on: date) -> Iterator[tuple[int, date | None]]:
    """Number and day of each charge that has come by this day; an item without a day has come already."""
    if item.state != BillableState.OPEN:
        return
    day, left, nth = item.on, item.left, item.charged + 1
    for _ in range(MOST_AT_ONCE):
        if (left is not None and left <= 0) or (day is not None and day > on):
            return
        yield nth, day
        cycle = Cycle.parse(item.cycle)
        if not cycle.recurs or day is None:
            return
        day = next_start(day, cycle, item.anchor_day)
        left = None if left is None else left - 1
        nth += 1


def after_charge(item: BillableItem) -> tuple[date | None, int | None]:
    """Day of the next charge and how many are left, after one was made. None left means done."""
    left = None if item.left is None else item.left - 1
    cycle = Cycle.parse(item.cycle)
    if not cycle.recurs or item.on is None:
        return item.on, 0
    return next_start(item.on, cycle, item.anchor_day), left


def line_of(item: BillableItem, nth: int, day: date | None) -> LineDraft:
    """The line of one charge. Its facts name the charge, so that it can be marked as invoiced."""
    facts: dict[str, Any] = {
        "billable_item": item.id,
        "nth": nth,
        "quantity": item.quantity,
        "each_minor": item.unit_minor,
    }
    if day is not None and item.cycle != "once":
        facts["cycle"] = item.cycle
        facts["on"] = day.isoformat()
    return LineDraft(
        item.description,
        item.unit,
        item.detail,
        item.quantity,
        kind="item",
        tax_class=item.tax_class,
        explain=facts,
    )
