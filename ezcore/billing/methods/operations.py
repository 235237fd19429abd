"""Keep and find what a gateway stores for a client; choose, remove, and hear of changes made over there."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from ezcore.audit import operations as audit
from ezcore.billing.methods.events import CustomerKnown
from ezcore.billing.methods.jobs import DELETE_METHOD
from ezcore.billing.methods.models import GatewayCustomer, MethodSetup, PaymentMethod
from ezcore.billing.methods.queries import customer_id, method_of
from ezcore.billing.transactions.errors import NotKnownYet
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.plugin_api.ports.gateway import StoredMethod
from ezcore.plugin_api.ports.webhook_source import MethodFact
from ezcore.work import UnitOfWork

__all__ = ["choose", "customer_id", "method_of", "remember_customer", "remember_method", "remove", "told"]


def remember_customer(uow: UnitOfWork, client_id: int, gateway: str, customer: str) -> None:
    """Keep the gateway's name for the client; the first one told stays. Emits: CustomerKnown."""
    row = {"client_id": client_id, "gateway": gateway, "customer_id": customer}
    if insert_once(uow.session, GatewayCustomer, row) is not None:
        uow.emit(CustomerKnown(client_id, gateway, customer))


def remember_method(uow: UnitOfWork, client_id: int, gateway: str, method: StoredMethod) -> None:
    """Keep a method for later charges, or what changed of it; safe to repeat. One that was removed stays removed."""
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
        return
    # A bank replaces a card behind the same id: the new date counts.
    uow.session.execute(
        update(PaymentMethod)
        .where(
            PaymentMethod.gateway == gateway,
            PaymentMethod.external_id == method.external_id,
            PaymentMethod.client_id == client_id,
        )
        .values(label=method.label[:80], expires=method.expires)
    )


def choose(uow: UnitOfWork, method: PaymentMethod) -> None:
    """Renewals are charged to this method from now on. Raises: NotAllowed."""
    _require(uow, method.client_id)
    method.chosen_at = uow.now()
    audit.record(uow, "method.choose", "payment_method", method.id, client_id=method.client_id)


def remove(uow: UnitOfWork, method: PaymentMethod) -> None:
    """Forget a method: never charged again from now on, and a job tells the gateway. Raises: NotAllowed."""
    _require(uow, method.client_id)
    if method.removed_at is not None:
        return
    _removed(uow, method)
    jobs.enqueue(
        uow,
        DELETE_METHOD,
        f"method:{method.id}:delete",
        {"method_id": method.id},
        subject=("payment_method", method.id),
        client_id=method.client_id,
        provider=f"gateway:{method.gateway}",
    )


def told(uow: UnitOfWork, source: str, fact: MethodFact) -> None:
    """A method came, changed or went at the gateway. Safe to repeat; one that went stays gone, in any order.

    Raises: NotKnownYet for a client whom this gateway has not named to us.
    """
    client_id = _client_of(uow, source, fact)
    if fact.customer_gone:
        known = select(PaymentMethod).where(
            PaymentMethod.gateway == source, PaymentMethod.customer_id == fact.customer_id
        )
        for method in uow.session.scalars(known):
            _removed(uow, method)
        uow.session.execute(
            delete(GatewayCustomer).where(
                GatewayCustomer.gateway == source, GatewayCustomer.customer_id == fact.customer_id
            )
        )
        return
    if fact.method is not None:
        remember_method(uow, client_id, source, fact.method)
        if fact.is_default:
            _chosen_there(uow, source, fact.method.external_id)
    if fact.removed_id is not None:
        _gone(uow, client_id, source, fact.customer_id, fact.removed_id)


def _client_of(uow: UnitOfWork, source: str, fact: MethodFact) -> int:
    customer = select(GatewayCustomer.client_id).where(
        GatewayCustomer.gateway == source, GatewayCustomer.customer_id == fact.customer_id
    )
    found = uow.session.scalar(customer)
    if found is None and fact.reference is not None:
        setup = select(MethodSetup.client_id).where(
            MethodSetup.gateway == source, MethodSetup.reference == fact.reference
        )
        found = uow.session.scalar(setup)
    if found is None:
        raise NotKnownYet("customer", fact.customer_id)
    return found


def _chosen_there(uow: UnitOfWork, source: str, external_id: str) -> None:
    """The client's choice at the gateway is the choice here, unless it was this one already."""
    query = select(PaymentMethod).where(
        PaymentMethod.gateway == source,
        PaymentMethod.external_id == external_id,
        PaymentMethod.removed_at.is_(None),
    )
    method = uow.session.scalars(query).first()
    chosen = method_of(uow, method.client_id) if method else None
    if method is not None and (chosen is None or chosen.id != method.id or method.chosen_at is None):
        method.chosen_at = uow.now()
        audit.record(uow, "method.choose", "payment_method", method.id, client_id=method.client_id)


def _gone(uow: UnitOfWork, client_id: int, source: str, customer: str, external_id: str) -> None:
    """Removed over there; a row that never was is written as removed, so that a late word does not bring it back."""
    values = {
        "client_id": client_id,
        "gateway": source,
        "customer_id": customer,
        "external_id": external_id,
        "label": "",
        "stored_at": uow.now(),
        "removed_at": uow.now(),
    }
    if insert_once(uow.session, PaymentMethod, values) is None:
        query = select(PaymentMethod).where(
            PaymentMethod.gateway == source, PaymentMethod.external_id == external_id
        )
        _removed(uow, uow.session.scalars(query).one())


def _removed(uow: UnitOfWork, method: PaymentMethod) -> None:
    if method.removed_at is None:
        method.removed_at = uow.now()
        audit.record(uow, "method.remove", "payment_method", method.id, client_id=method.client_id)


def _require(uow: UnitOfWork, client_id: int) -> None:
    own = uow.actor.kind == "client" and uow.actor.client_id == client_id
    uow.actor.require("client.billing" if own else "billing.manage")
