"""Reads of credit notes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.billing.credit_notes.models import CreditNote
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def by_number(uow: UnitOfWork, number: str, client_id: int | None = None) -> CreditNote:
    """A credit note by its number, of this client when given. Raises: NotFound (also for another client's)."""
    query = select(CreditNote).where(CreditNote.number == number)
    if client_id is not None:
        query = query.where(CreditNote.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such credit note")
    return found


def of_invoice(uow: UnitOfWork, invoice_id: int) -> Sequence[CreditNote]:
    """What was taken back of an invoice, oldest first."""
    query = select(CreditNote).where(CreditNote.invoice_id == invoice_id).order_by(CreditNote.id)
    return uow.session.scalars(query).all()


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[CreditNote]:
    """All of a client, newest first."""
    query = select(CreditNote).where(CreditNote.client_id == client_id).order_by(CreditNote.id.desc())
    return uow.session.scalars(query).all()
