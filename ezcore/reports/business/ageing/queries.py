"""The database sums what is open by due day: now, or at the end of an earlier day.

Earlier days are found backwards: what is open now, and what has been applied or cancelled since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select

from ezcore.billing.invoices.models import Allocation, Invoice, InvoiceKind, InvoiceStatus
from ezcore.billing.ledger.models import Journal
from ezcore.reports.business.ageing.rules import Open, Row, fold
from ezcore.reports.business.months import midnight
from ezcore.reports.business.queries import cancelled_by, in_the_books
from ezcore.work import UnitOfWork

_OPEN = Invoice.total_minor - Invoice.paid_minor


def ageing(uow: UnitOfWork, on: date, currency: str) -> list[Row]:
    """One row per age, of all that was open when the day was over. The sum is the ledger's receivable balance."""
    if on >= uow.today():
        return fold(_read(uow, _open_now(currency)), on, currency)
    return fold(_read(uow, _open_then(uow, on, currency)), on, currency)


def _open_now(currency: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Invoice.due_on, func.count(), func.sum(_OPEN))
        .where(
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.kind != InvoiceKind.PROFORMA,
            Invoice.currency == currency,
        )
        .group_by(Invoice.due_on)
    )


def _open_then(uow: UnitOfWork, on: date, currency: str) -> Select[*tuple[Any, ...]]:
    """Each invoice with what was open of it; those of which nothing was are left out."""
    over = midnight(on + timedelta(days=1), uow.settings.shop.time_zone)
    issued = (*in_the_books(), Invoice.currency == currency, Invoice.issued_on <= on)
    since = (
        select(Allocation.invoice_id, func.sum(Allocation.amount_minor).label("minor"))
        .where(Allocation.at >= over, Allocation.currency == currency)
        .group_by(Allocation.invoice_id)
        .subquery()
    )
    # A cancelled invoice owes nothing now; on the day it was cancelled it stopped owing all that was open of it.
    cancelled_later = select(Journal.id).where(cancelled_by(), Journal.on > on).exists()
    owes = (Invoice.status != InvoiceStatus.CANCELLED) | cancelled_later
    minor = func.coalesce(since.c.minor, 0) + case((owes, _OPEN), else_=0)
    touched = Invoice.status.in_((InvoiceStatus.UNPAID, InvoiceStatus.CANCELLED)) | since.c.minor.is_not(None)
    each = (
        select(Invoice.due_on.label("due_on"), minor.label("minor"))
        .outerjoin(since, since.c.invoice_id == Invoice.id)
        .where(*issued, touched)
        .subquery()
    )
    return (
        select(each.c.due_on, func.count(), func.sum(each.c.minor))
        .where(each.c.minor != 0)
        .group_by(each.c.due_on)
    )


def _read(uow: UnitOfWork, query: Select[*tuple[Any, ...]]) -> Iterable[Open]:
    return [Open(due_on, int(count), int(minor)) for due_on, count, minor in uow.session.execute(query)]
