"""Grant and withdraw entitlements; both are safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.catalog.entitlements.models import Entitlement
from ezcore.catalog.products.models import Product
from ezcore.db.once import insert_once
from ezcore.work import UnitOfWork


def grant(uow: UnitOfWork, client_id: int, service_id: int, product: Product, reason: str) -> None:
    """The client may use the service from now on. A live grant stays as it is."""
    values = {
        "client_id": client_id,
        "service_id": service_id,
        "product_id": product.id,
        "kind": product.kind,
        "live_key": f"service:{service_id}",
        "granted_at": uow.now(),
        "granted_for": reason[:120],
    }
    if insert_once(uow.session, Entitlement, values) is not None:
        audit.record(uow, "entitlement.grant", "service", service_id, client_id=client_id, reason=reason)


def withdraw(uow: UnitOfWork, service_id: int, reason: str) -> None:
    """The client may no longer use the service."""
    live = uow.session.scalars(
        select(Entitlement).where(Entitlement.live_key == f"service:{service_id}")
    ).first()
    if live is None:
        return
    live.withdrawn_at, live.withdrawn_for, live.live_key = uow.now(), reason[:120], None
    audit.record(uow, "entitlement.withdraw", "service", service_id, client_id=live.client_id, reason=reason)


def live_of(uow: UnitOfWork, client_id: int) -> Sequence[Entitlement]:
    """What the client may use now."""
    query = select(Entitlement).where(Entitlement.client_id == client_id, Entitlement.withdrawn_at.is_(None))
    return uow.session.scalars(query.order_by(Entitlement.id)).all()
