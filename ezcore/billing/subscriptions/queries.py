"""Reads of subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select

from ezcore.billing.invoices.models import InvoiceLine
from ezcore.billing.subscriptions.models import SubscribedService, Subscription, SubscriptionBill
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def billed_elsewhere() -> Select[int]:
    """Ids of services that a gateway bills now: we neither invoice nor charge them. For `NOT IN`."""
    return select(SubscribedService.service_id).where(SubscribedService.live_key.is_not(None))


def is_billed_elsewhere(uow: UnitOfWork, service_id: int) -> bool:
    """Does a gateway bill this service now?"""
    query = billed_elsewhere().where(SubscribedService.service_id == service_id)
    return uow.session.scalar(query) is not None


def bills_invoice(uow: UnitOfWork, invoice_id: int) -> bool:
    """Does the invoice have a line of a service that a gateway bills now?"""
    lines = select(InvoiceLine.service_id).where(InvoiceLine.invoice_id == invoice_id)
    query = billed_elsewhere().where(SubscribedService.service_id.in_(lines))
    return uow.session.execute(query.limit(1)).first() is not None


def services_of(uow: UnitOfWork, subscription_id: int) -> list[int]:
    """Ids of the services that it bills, or billed."""
    query = select(SubscribedService.service_id).where(SubscribedService.subscription_id == subscription_id)
    return list(uow.session.scalars(query.order_by(SubscribedService.service_id)))


def of_services(uow: UnitOfWork, service_ids: Collection[int]) -> Sequence[Subscription]:
    """The agreements that bill these services now."""
    query = (
        select(Subscription)
        .join(SubscribedService, SubscribedService.subscription_id == Subscription.id)
        .where(SubscribedService.live_key.in_(service_ids))
    )
    return uow.session.scalars(query.distinct().order_by(Subscription.id)).all()


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[Subscription]:
    """A client's agreements that began, newest first."""
    query = select(Subscription).where(
        Subscription.client_id == client_id, Subscription.external_id.is_not(None)
    )
    return uow.session.scalars(query.order_by(Subscription.id.desc())).all()


def own(uow: UnitOfWork, subscription_id: int, client_id: int) -> Subscription:
    """An agreement of this client. Raises: NotFound, also for another client's."""
    found = uow.session.get(Subscription, subscription_id)
    if found is None or found.client_id != client_id:
        raise NotFound("there is no such subscription")
    return found


def last_bill(uow: UnitOfWork, subscription_id: int) -> SubscriptionBill | None:
    """The bill of the latest period."""
    query = select(SubscriptionBill).where(SubscriptionBill.subscription_id == subscription_id)
    return uow.session.scalars(
        query.order_by(SubscriptionBill.period_end.desc(), SubscriptionBill.id.desc())
    ).first()
