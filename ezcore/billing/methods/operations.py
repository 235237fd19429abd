"""Keep and find what a gateway stores for a client."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.billing.methods.models import GatewayCustomer, PaymentMethod
from ezcore.db.once import insert_once
from ezcore.plugin_api.ports.gateway import StoredMethod
from ezcore.work import UnitOfWork


def customer_id(uow: UnitOfWork, client_id: int, gateway: str) -> str | None:
    """The gateway's name for the client, if it has one."""
    return uow.session.scalar(
        select(GatewayCustomer.customer_id).where(
            GatewayCustomer.client_id == client_id, GatewayCustomer.gateway == gateway
        )
    )


def remember_customer(uow: UnitOfWork, client_id: int, gateway: str, customer: str) -> None:
    """Keep the gateway's name for the client; the first one told stays."""
    insert_once(
        uow.session, GatewayCustomer, {"client_id": client_id, "gateway": gateway, "customer_id": customer}
    )


def remember_method(uow: UnitOfWork, client_id: int, gateway: str, method: StoredMethod) -> None:
    """Keep a method for later charges; safe to repeat."""
    remember_customer(uow, client_id, gateway, method.customer_id)
    values = {
        "client_id": client_id,
        "gateway": gateway,
        "customer_id": method.customer_id,
        "external_id": method.external_id,
        "label": method.label[:80],
        "expires": method.expires,
        "stored_at": uow.now(),
    }
    if (row := insert_once(uow.session, PaymentMethod, values)) is not None:
        audit.record(
            uow, "method.store", "payment_method", row, client_id=client_id, after={"gateway": gateway}
        )


def method_of(uow: UnitOfWork, client_id: int) -> PaymentMethod | None:
    """The method that renewals are charged to: the one stored last."""
    return uow.session.scalars(
        select(PaymentMethod)
        .where(PaymentMethod.client_id == client_id, PaymentMethod.removed_at.is_(None))
        .order_by(PaymentMethod.stored_at.desc(), PaymentMethod.id.desc())
        .limit(1)
    ).first()
