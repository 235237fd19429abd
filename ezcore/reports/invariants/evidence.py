"""I20 and I21: what automation did to services that did not pay, judged by the evidence in its audit rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.automation.dunning import OVERDUE
from ezcore.automation.endings import NOT_PAID
from ezcore.billing.invoices.models import Invoice, InvoicePaidOnce
from ezcore.kernel.clock import day_in
from ezcore.work import UnitOfWork


def unfounded_suspensions(uow: UnitOfWork) -> Iterator[str]:
    """I20: services suspended or terminated for an invoice that was not overdue then, or was paid already."""
    for row, invoice, paid in _rows(uow, ("service.request_suspend", "service.request_terminate")):
        late = invoice is not None and invoice.due_on < day_in(row.at, uow.settings.shop.time_zone)
        if not late or (
            paid is not None and paid.at < row.at and invoice is not None and invoice.disputed_at is None
        ):
            yield row.object_id


def hasty_terminations(uow: UnitOfWork) -> Iterator[str]:
    """I21: terminations without a suspension before, or without the reminders that the settings ask for today."""
    needed = uow.settings.dunning.notices_before_termination
    for row, _, _ in _rows(uow, ("service.request_terminate",)):
        seen: Mapping[str, Any] = row.after or {}
        if not seen.get("suspended_on") or int(seen.get("notices", 0)) < needed:
            yield row.object_id


def _rows(
    uow: UnitOfWork, verbs: tuple[str, ...]
) -> Iterator[tuple[AuditRow, Invoice | None, InvoicePaidOnce | None]]:
    rows = uow.session.scalars(
        select(AuditRow)
        .where(AuditRow.verb.in_(verbs), AuditRow.reason.in_((OVERDUE, NOT_PAID)))
        .order_by(AuditRow.id)
    )
    for row in rows:
        number = (row.after or {}).get("invoice")
        invoice = (
            uow.session.scalars(select(Invoice).where(Invoice.number == number)).first() if number else None
        )
        yield row, invoice, uow.session.get(InvoicePaidOnce, invoice.id) if invoice else None
