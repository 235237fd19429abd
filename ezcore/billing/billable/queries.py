"""Reads of billable items."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select

from ezcore.billing.billable.models import BillableItem, BillableState
from ezcore.billing.billable.rules import charges_due, line_of
from ezcore.billing.invoices.rules import LineDraft
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork

_AT_ONCE = 500


def extra_lines(uow: UnitOfWork, client_ids: Collection[int], on: date) -> dict[int, list[LineDraft]]:
    """Lines for the invoices that a billing run makes: what waits for the next invoice, and what is due by `on`.

    Clients without any are left out; a client's lines may be of several currencies. Who puts them on an invoice calls
    `operations.mark_invoiced` in the same transaction.
    """
    return _lines(uow, client_ids, on, or_(BillableItem.on.is_(None), BillableItem.on <= on))


def lines_due(uow: UnitOfWork, client_ids: Collection[int], on: date) -> dict[int, list[LineDraft]]:
    """Only those with a day of their own that has come."""
    return _lines(uow, client_ids, on, BillableItem.on <= on)


def clients_due(uow: UnitOfWork, on: date) -> Sequence[int]:
    """Clients with an item whose day has come."""
    query = select(BillableItem.client_id).where(
        BillableItem.state == BillableState.OPEN, BillableItem.on <= on
    )
    return uow.session.scalars(query.distinct().order_by(BillableItem.client_id)).all()


def by_id(uow: UnitOfWork, item_id: int) -> BillableItem:
    """One item. Raises: NotFound."""
    found = uow.session.get(BillableItem, item_id)
    if found is None:
        raise NotFound("there is no such billable item")
    return found


def _lines(
    uow: UnitOfWork, client_ids: Collection[int], on: date, which: object
) -> dict[int, list[LineDraft]]:
    found: dict[int, list[LineDraft]] = {}
    wanted = sorted(set(client_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(BillableItem).where(
            BillableItem.state == BillableState.OPEN,
            BillableItem.client_id.in_(wanted[start : start + _AT_ONCE]),
            which,  # type: ignore[arg-type]  # a condition, built above
        )
        for item in uow.session.scalars(query.order_by(BillableItem.id)):
            for nth, day in charges_due(item, on):
                found.setdefault(item.client_id, []).append(line_of(item, nth, day))
    return found
