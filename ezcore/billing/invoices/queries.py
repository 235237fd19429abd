"""Reads of invoices."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def by_number(uow: UnitOfWork, number: str, client_id: int | None = None) -> Invoice:
    """An issued invoice by its number, of this client when given. Raises: NotFound (also for another client's)."""
    query = select(Invoice).where(Invoice.number == number).options(selectinload(Invoice.lines))
    if client_id is not None:
        query = query.where(Invoice.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such invoice")
    return found


def of_client(uow: UnitOfWork, client_id: int, status: InvoiceStatus | None = None) -> Sequence[Invoice]:
    """Issued invoices of a client, newest first."""
    query = select(Invoice).where(Invoice.client_id == client_id, Invoice.number.is_not(None))
    if status is not None:
        query = query.where(Invoice.status == status)
    return uow.session.scalars(query.order_by(Invoice.id.desc())).all()


def of_service(uow: UnitOfWork, service_id: int) -> Sequence[Invoice]:
    """Invoices with a line of this service, newest first."""
    query = select(Invoice).join(InvoiceLine).where(InvoiceLine.service_id == service_id)
    return uow.session.scalars(query.distinct().order_by(Invoice.id.desc())).all()
