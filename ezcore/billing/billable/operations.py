"""Note down what is to be invoiced; invoice it now, or mark what a billing run took along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import insert, select

from ezcore.accounts import queries as accounts
from ezcore.audit import operations as audit
from ezcore.billing.billable.models import BillableCharge, BillableItem, BillableState
from ezcore.billing.billable.queries import lines_due
from ezcore.billing.billable.rules import after_charge, line_of
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.rules import LineDraft
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.work import UnitOfWork

When = Literal["now", "next", "on"]
MOST = 9999


def add(
    uow: UnitOfWork,
    client_id: int,
    description: str,
    unit: Money,
    *,
    when: When = "next",
    on: date | None = None,
    cycle: str = "once",
    times: int | None = 1,
    quantity: int = 1,
    tax_class: str = "standard",
    detail: str = "",
) -> BillableItem:
    """Note an item: invoiced `now`, with the `next` invoice, or `on` a date; repeated `times` times by its cycle.

    `times` None repeats until somebody stops it. Returns the item; of an item invoiced now the charge is made.
    Raises: NotAllowed; NotFound (client); InvalidInput naming the field.
    """
    uow.actor.require("billing.manage")
    accounts.client(uow, client_id)
    recurs = Cycle.parse(cycle).recurs
    day = _first_day(uow, when, on, recurs=recurs)
    _check(description, unit, quantity, times)
    item = BillableItem(
        client_id=client_id,
        state=BillableState.OPEN,
        description=description.strip(),
        detail=detail,
        quantity=quantity,
        unit_minor=unit.minor,
        currency=unit.currency,
        tax_class=tax_class,
        on=day,
        anchor_day=day.day if day and recurs else None,
        cycle=cycle,
        left=times if recurs else 1,
        charged=0,
        created_at=uow.now(),
    )
    uow.session.add(item)
    uow.session.flush()
    after = {"description": item.description, "unit": str(unit), "on": str(day), "cycle": cycle}
    audit.record(uow, "billable.add", "billable_item", item.id, client_id=client_id, after=after)
    if when == "now":
        _invoice(uow, client_id, unit.currency, [line_of(item, 1, day)])
    return item


def stop(uow: UnitOfWork, item: BillableItem) -> None:
    """No more charges come of it; those made stay. Raises: NotAllowed; Refused when nothing is left to stop."""
    uow.actor.require("billing.manage")
    uow.session.refresh(item, with_for_update=True)
    if item.state != BillableState.OPEN:
        raise Refused("this item is done already")
    item.state = BillableState.CANCELLED
    audit.record(uow, "billable.stop", "billable_item", item.id, client_id=item.client_id)


def invoice_due(uow: UnitOfWork, client_id: int, on: date) -> list[Invoice]:
    """Invoice a client's items whose day has come, one invoice per currency. Twice at once makes one."""
    _lock(uow, client_id)
    by_currency: dict[str, list[LineDraft]] = {}
    for line in lines_due(uow, [client_id], on).get(client_id, []):
        by_currency.setdefault(line.amount.currency, []).append(line)
    return [_invoice(uow, client_id, currency, lines) for currency, lines in by_currency.items()]


def mark_invoiced(uow: UnitOfWork, charged: Iterable[tuple[LineDraft, int]]) -> None:
    """These lines (of `extra_lines`) went to these invoices, by id; lines of other things are passed over.

    In the transaction that writes the invoices. Raises: IntegrityError when another transaction took a charge first.
    """
    rows = [
        {"item_id": line.explain["billable_item"], "nth": line.explain["nth"], "invoice_id": invoice_id}
        for line, invoice_id in charged
        if "billable_item" in line.explain
    ]
    if not rows:
        return
    uow.session.execute(insert(BillableCharge), rows)
    counts: dict[int, int] = {}
    for row in rows:
        counts[row["item_id"]] = counts.get(row["item_id"], 0) + 1
    items = select(BillableItem).where(BillableItem.id.in_(counts))
    for item in uow.session.scalars(items.execution_options(populate_existing=True)):
        for _ in range(counts[item.id]):
            item.on, item.left = after_charge(item)
            item.charged += 1
        if item.left == 0:
            item.state = BillableState.DONE
    uow.session.flush()


def _invoice(uow: UnitOfWork, client_id: int, currency: str, lines: list[LineDraft]) -> Invoice:
    due_on = uow.today() + timedelta(days=uow.settings.billing.due_days)
    invoice = invoices.issue(uow, client_id, currency, lines, due_on=due_on)
    mark_invoiced(uow, [(line, invoice.id) for line in lines])
    return invoice


def _lock(uow: UnitOfWork, client_id: int) -> None:
    """Two schedulers that bill the same client wait for each other; SQLite has one writer anyway."""
    rows = select(BillableItem.id).where(
        BillableItem.client_id == client_id, BillableItem.state == BillableState.OPEN
    )
    uow.session.execute(rows.order_by(BillableItem.id).with_for_update())


def _first_day(uow: UnitOfWork, when: When, on: date | None, *, recurs: bool) -> date | None:
    if when == "next" and not recurs:
        return None
    if when == "on":
        if on is None or on < uow.today():
            raise InvalidInput("choose today or a later day", field="on")
        return on
    return uow.today()


def _check(description: str, unit: Money, quantity: int, times: int | None) -> None:
    if not description.strip():
        raise InvalidInput("say what it is", field="description")
    if not unit.is_positive:
        raise InvalidInput("the price is more than nothing", field="unit")
    if not 1 <= quantity <= MOST:
        raise InvalidInput(f"between 1 and {MOST}", field="quantity")
    if times is not None and not 1 <= times <= MOST:
        raise InvalidInput(f"between 1 and {MOST}, or empty for as long as it runs", field="times")
