"""Reads of transactions."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.billing.transactions.errors import NotKnownYet
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.work import UnitOfWork


def received(uow: UnitOfWork, gateway: str, external_id: str) -> Transaction:
    """The payment that this gateway knows by this id, once it has succeeded. Raises: NotKnownYet."""
    found = uow.session.scalars(
        select(Transaction).where(
            Transaction.gateway == gateway,
            Transaction.external_id == external_id,
            Transaction.status == TransactionStatus.SUCCEEDED,
        )
    ).first()
    if found is None:
        raise NotKnownYet("payment", external_id)
    return found
