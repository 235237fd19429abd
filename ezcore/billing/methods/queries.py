"""Reads of stored methods and of the names gateways give our clients."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from ezcore.billing.methods.models import GatewayCustomer, PaymentMethod
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def customer_id(uow: UnitOfWork, client_id: int, gateway: str) -> str | None:
    """The gateway's name for the client, if it has one."""
    return uow.session.scalar(
        select(GatewayCustomer.customer_id).where(
            GatewayCustomer.client_id == client_id, GatewayCustomer.gateway == gateway
        )
    )


def methods_of(uow: UnitOfWork, client_id: int) -> Sequence[PaymentMethod]:
    """Stored methods; the first is the one that renewals are charged to."""
    return uow.session.scalars(_in_order().where(PaymentMethod.client_id == client_id)).all()


def method_of(uow: UnitOfWork, client_id: int) -> PaymentMethod | None:
    """The method that renewals are charged to: the one chosen last, else the one stored last."""
    return uow.session.scalars(_in_order().where(PaymentMethod.client_id == client_id).limit(1)).first()


def own_method(uow: UnitOfWork, method_id: int, client_id: int) -> PaymentMethod:
    """A stored method of this client. Raises: NotFound, also for another client's."""
    query = _in_order().where(PaymentMethod.id == method_id, PaymentMethod.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such payment method")
    return found


def _in_order() -> Select[PaymentMethod]:
    return (
        select(PaymentMethod)
        .where(PaymentMethod.removed_at.is_(None))
        .order_by(
            PaymentMethod.chosen_at.is_(None),
            PaymentMethod.chosen_at.desc(),
            PaymentMethod.stored_at.desc(),
            PaymentMethod.id.desc(),
        )
    )
