"""Reads of invoices."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from ezcore.billing.invoices.models import Allocation, Invoice, InvoiceLine, InvoiceStatus
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def by_number(uow: UnitOfWork, number: str, client_id: int | None = None) -> Invoice:
    """An issued invoice by its number, of this client when given. Raises: NotFound (also for another client's).

    An invoice that was a proforma is found by the number it had then, too: links in old mails stay good.
    """
    return _only(uow, _named(number, client_id))


def whole(uow: UnitOfWork, number: str, client_id: int | None = None) -> Invoice:
    """The same with its lines and taxes in one query, for pages. Raises: NotFound.

    Never for what is going to be changed: a lock would be asked with the same joins, which PostgreSQL refuses.
    """
    parts = (joinedload(Invoice.lines), joinedload(Invoice.taxes))
    return _only(uow, _named(number, client_id).options(*parts))


def of_client(uow: UnitOfWork, client_id: int, status: InvoiceStatus | None = None) -> Sequence[Invoice]:
    """Issued invoices of a client, newest first."""
    query = select(Invoice).where(Invoice.client_id == client_id, Invoice.number.is_not(None))
    if status is not None:
        query = query.where(Invoice.status == status)
    return uow.session.scalars(query.order_by(Invoice.id.desc())).all()


def allocations(uow: UnitOfWork, invoice_id: int) -> Sequence[Allocation]:
    """What was applied to an invoice and taken back from it, oldest first."""
    query = select(Allocation).where(Allocation.invoice_id == invoice_id).order_by(Allocation.id)
    return uow.session.scalars(query).all()


def drafts(uow: UnitOfWork) -> Sequence[Invoice]:
    """Drafts that staff have not issued yet, newest first."""
    query = select(Invoice).where(Invoice.status == InvoiceStatus.DRAFT, Invoice.number.is_(None))
    return uow.session.scalars(query.order_by(Invoice.id.desc())).all()


def draft(uow: UnitOfWork, invoice_id: int) -> Invoice:
    """One draft. Raises: NotFound."""
    found = uow.session.get(Invoice, invoice_id)
    if found is None or found.number is not None:
        raise NotFound("there is no such draft")
    return found


def of_service(uow: UnitOfWork, service_id: int) -> Sequence[Invoice]:
    """Invoices with a line of this service, newest first."""
    query = select(Invoice).join(InvoiceLine).where(InvoiceLine.service_id == service_id)
    return uow.session.scalars(query.distinct().order_by(Invoice.id.desc())).all()


def _named(number: str, client_id: int | None) -> Select[Invoice]:
    query = select(Invoice).where(or_(Invoice.number == number, Invoice.proforma_number == number))
    return query if client_id is None else query.where(Invoice.client_id == client_id)


def _only(uow: UnitOfWork, query: Select[Invoice]) -> Invoice:
    found = uow.session.scalars(query).unique().first()
    if found is None:
        raise NotFound("there is no such invoice")
    return found
