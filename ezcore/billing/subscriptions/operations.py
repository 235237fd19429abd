"""A gateway tells of an agreement and of its bills: both are kept as said, and announced; automation mirrors them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.subscriptions.events import GatewayBilled, SubscriptionMoved
from ezcore.billing.subscriptions.models import (
    LIVE,
    SubscribedService,
    Subscription,
    SubscriptionBill,
    SubscriptionStatus,
)
from ezcore.billing.transactions.errors import NotKnownYet
from ezcore.db.once import insert_once
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.ports.webhook_source import GatewayBillFact, SubscriptionFact
from ezcore.work import UnitOfWork

# A bill that is paid stays paid, whatever is heard late.
_RANK: Final = {"open": 0, "uncollectible": 1, "void": 2, "paid": 3}


def open_subscription(
    uow: UnitOfWork, invoice: Invoice, gateway: str, service_ids: Sequence[int]
) -> Subscription:
    """Write down that the client is sent to the gateway to agree; nothing is live before the gateway says so."""
    row = Subscription(
        client_id=invoice.client_id,
        gateway=gateway,
        reference=uow.ids.key("sub"),
        status=SubscriptionStatus.STARTING,
        first_invoice_id=invoice.id,
        created_at=uow.now(),
    )
    uow.session.add(row)
    uow.session.flush()
    uow.session.add_all(SubscribedService(subscription_id=row.id, service_id=one) for one in service_ids)
    uow.session.flush()
    return row


def told(uow: UnitOfWork, source: str, fact: SubscriptionFact) -> None:
    """Keep what was said. An agreement that ended stays ended, and its period only moves forward.

    Between live states the last word holds: the plugin reads the agreement again for every message.
    Emits: SubscriptionMoved. Raises: NotKnownYet; Refused when a service is in another live agreement.
    """
    row = _find(uow, source, fact.subscription_id, fact.reference)
    uow.session.refresh(row, with_for_update=True)
    was_known, before = row.external_id is not None, str(row.status)
    _identify(row, fact.subscription_id)
    row.customer_id = fact.customer_id or row.customer_id
    if row.status == SubscriptionStatus.ENDED:
        return
    row.status = SubscriptionStatus(fact.status)
    if fact.period_end is not None and (row.period_end is None or fact.period_end >= row.period_end):
        row.period_start, row.period_end = fact.period_start, fact.period_end
    row.cancel_at = fact.cancel_at
    if row.status == SubscriptionStatus.ENDED:
        row.ended_at = uow.now()
    uow.session.flush()
    _hold_services(uow, row)
    if before == row.status and was_known:
        return
    audit.record(
        uow,
        "subscription.move",
        "subscription",
        row.id,
        client_id=row.client_id,
        before={"status": before},
        after={"status": str(row.status)},
    )
    uow.emit(SubscriptionMoved(row.id, row.client_id, str(row.status)))


def billed(uow: UnitOfWork, source: str, fact: GatewayBillFact) -> None:
    """Keep a bill as it was said last, and announce it. Safe to repeat, in any order: paid is the last word.

    Emits: GatewayBilled. Raises: NotKnownYet.
    """
    subscription = _find(uow, source, fact.subscription_id, fact.reference)
    starts = [line.period_start for line in fact.lines if line.period_start is not None]
    ends = [line.period_end for line in fact.lines if line.period_end is not None]
    row = {
        "subscription_id": subscription.id,
        "gateway": source,
        "external_id": fact.bill_id,
        "status": fact.status,
        "currency": fact.total.currency,
        "total_minor": fact.total.minor,
        "tax_minor": fact.tax.minor,
        "lines": [line.model_dump(mode="json") for line in fact.lines],
        "period_start": max(starts, default=None),
        "period_end": max(ends, default=None),
        "seen_at": uow.now(),
    }
    is_new = insert_once(uow.session, SubscriptionBill, row) is not None
    query = select(SubscriptionBill).where(
        SubscriptionBill.gateway == source, SubscriptionBill.external_id == fact.bill_id
    )
    bill = uow.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    if not is_new and _RANK[fact.status] < _RANK[bill.status]:
        return
    bill.status, bill.total_minor, bill.tax_minor = fact.status, fact.total.minor, fact.tax.minor
    bill.payment_id = fact.payment_id or bill.payment_id
    bill.failure = fact.failure
    if fact.fee is not None and fact.fee.currency == bill.currency:
        bill.fee_minor = fact.fee.minor
    uow.session.flush()
    uow.emit(GatewayBilled(bill.id, subscription.id, subscription.client_id, bill.status))


def _find(uow: UnitOfWork, source: str, external_id: str, reference: str | None) -> Subscription:
    known = Subscription.external_id == external_id
    if reference:
        known = or_(known, Subscription.reference == reference)
    query = select(Subscription).where(Subscription.gateway == source, known)
    found = uow.session.scalars(query.order_by(Subscription.external_id.is_(None))).first()
    if found is None:
        raise NotKnownYet("subscription", external_id)
    return found


def _identify(row: Subscription, external_id: str) -> None:
    if row.external_id not in (None, external_id):
        raise Refused(f"{row.reference} is {row.external_id} at {row.gateway}, not {external_id}")
    row.external_id = external_id


def _hold_services(uow: UnitOfWork, row: Subscription) -> None:
    """While it is live its services are billed by the gateway only; the unique key refuses a second agreement."""
    mine = SubscribedService.subscription_id == row.id
    if row.status not in LIVE:
        uow.session.execute(update(SubscribedService).where(mine).values(live_key=None))
        return
    services = select(SubscribedService.service_id).where(mine)
    other = select(SubscribedService.subscription_id).where(
        SubscribedService.live_key.in_(services), SubscribedService.subscription_id != row.id
    )
    if uow.session.scalar(other) is not None:
        raise Refused("a service of this subscription is billed by another one already")
    uow.session.execute(update(SubscribedService).where(mine).values(live_key=SubscribedService.service_id))
