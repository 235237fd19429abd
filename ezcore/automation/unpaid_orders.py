"""Cancels orders that nobody paid: the invoice goes, stock and code are given back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ezcore.automation.run import Outcome
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order, OrderStatus
from ezcore.work import Work


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Orders placed `ez.automation.unpaid_order_days` days ago or earlier whose invoice nobody paid a cent of."""
    outcome = Outcome()
    days = work.settings.automation.unpaid_order_days
    if not days:
        return outcome
    zone = ZoneInfo(work.settings.shop.time_zone)
    before = datetime.combine(on - timedelta(days=days - 1), time(), zone)
    with work.read() as uow:
        query = (
            select(Order.id)
            .join(Invoice, Invoice.id == Order.invoice_id)
            .where(
                Order.status == OrderStatus.PENDING,
                Order.created_at < before,
                Invoice.status == InvoiceStatus.UNPAID,
                Invoice.paid_minor == 0,
            )
        )
        ids = uow.session.scalars(query.order_by(Order.id)).all()
    for order_id in ids:
        if preview:
            outcome.did(f"would cancel order {order_id}")
            continue
        with outcome.apart(f"order {order_id}"), work.write() as uow:
            # Asked again inside the write: `cancel` refuses what was paid since.
            order = uow.session.get_one(Order, order_id, with_for_update=True)
            orders.cancel(uow, order, f"not paid within {days} days")
            outcome.did(f"order {order_id} cancelled", "order", order_id)
    return outcome
