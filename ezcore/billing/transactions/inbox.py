"""Applies what a gateway told about money: one line per kind of fact, each safe to repeat and indifferent to order.

What speaks of something that is not here yet is kept, and applied by itself when it comes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select

from ezcore.billing.disputes import operations as disputes
from ezcore.billing.methods import operations as methods
from ezcore.billing.methods.events import CustomerKnown
from ezcore.billing.payouts import operations as payouts
from ezcore.billing.refunds import operations as refunds
from ezcore.billing.subscriptions import operations as subscriptions
from ezcore.billing.subscriptions.events import SubscriptionMoved
from ezcore.billing.subscriptions.models import Subscription
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.errors import NotKnownYet, key_of
from ezcore.billing.transactions.events import PaymentReceived
from ezcore.billing.transactions.models import Transaction, UnmatchedFact
from ezcore.billing.transactions.notices import notice
from ezcore.db.once import insert_once
from ezcore.kernel.errors import EzError, Refused
from ezcore.plugin_api.ports.webhook_source import (
    DisputeFact,
    Fact,
    GatewayBillFact,
    MethodFact,
    NoticeFact,
    PaymentFact,
    PayoutFact,
    RefundFact,
    SubscriptionFact,
)
from ezcore.work import UnitOfWork

Apply = Callable[[UnitOfWork, str, Any], None]
FACT: Final[TypeAdapter[Fact]] = TypeAdapter(Fact)
# So long a word waits for what it speaks of; after that staff replay it, if they want.
WAITS: Final = timedelta(days=30)


def payment(uow: UnitOfWork, source: str, fact: PaymentFact) -> None:
    """The transaction that carries the reference, if it is of this gateway."""
    transaction = transactions.by_reference(uow, fact.reference)
    if transaction is None or transaction.gateway != source:
        raise Refused(f"no transaction of ours carries the reference {fact.reference!r}")
    transactions.settle(uow, transaction, fact.result)


APPLY: Final[dict[type[Any], Apply]] = {
    PaymentFact: payment,
    RefundFact: refunds.mirror,
    DisputeFact: disputes.told,
    PayoutFact: payouts.told,
    MethodFact: methods.told,
    NoticeFact: notice,
    SubscriptionFact: subscriptions.told,
    GatewayBillFact: subscriptions.billed,
}


def apply_fact(uow: UnitOfWork, source: str, fact: Fact) -> str | None:
    """Apply one fact of the gateway named `source`; returns why it must be parked, or None."""
    try:
        with uow.session.begin_nested():
            APPLY[type(fact)](uow, source, fact)
    except NotKnownYet as missing:
        _keep(uow, source, missing.key, fact)
        return missing.message
    except EzError as error:
        return error.message
    return None


def after_payment(uow: UnitOfWork, events: Sequence[PaymentReceived]) -> None:
    """Reaction: what was said about a payment before it was known is applied now."""
    for event in events:
        paid = uow.session.get_one(Transaction, event.transaction_id)
        if paid.external_id is not None:
            _resume(uow, paid.gateway, key_of("payment", paid.external_id))


def after_customer(uow: UnitOfWork, events: Sequence[CustomerKnown]) -> None:
    """Reaction: the same for a client whom a gateway knows by now."""
    for event in events:
        _resume(uow, event.gateway, key_of("customer", event.customer_id))


def after_subscription(uow: UnitOfWork, events: Sequence[SubscriptionMoved]) -> None:
    """Reaction: the same for an agreement whose name at the gateway is known by now."""
    for event in events:
        row = uow.session.get_one(Subscription, event.subscription_id)
        if row.external_id is not None:
            _resume(uow, row.gateway, key_of("subscription", row.external_id))


def sweep(uow: UnitOfWork) -> int:
    """Try again what still waits: two transactions may have missed each other. Returns how many were applied."""
    query = select(UnmatchedFact).where(
        UnmatchedFact.applied_at.is_(None), UnmatchedFact.seen_at > uow.now() - WAITS
    )
    waiting = uow.session.scalars(query.order_by(UnmatchedFact.id)).all()
    return sum(_try(uow, row) for row in waiting)


def _resume(uow: UnitOfWork, source: str, key: str) -> None:
    query = select(UnmatchedFact).where(
        UnmatchedFact.source == source, UnmatchedFact.key == key, UnmatchedFact.applied_at.is_(None)
    )
    for row in uow.session.scalars(query.order_by(UnmatchedFact.id)).all():
        _try(uow, row)


def _try(uow: UnitOfWork, row: UnmatchedFact) -> bool:
    if apply_fact(uow, row.source, FACT.validate_python(row.fact)) is not None:
        return False
    row.applied_at = uow.now()
    return True


def _keep(uow: UnitOfWork, source: str, key: str, fact: Fact) -> None:
    content = FACT.dump_python(fact, mode="json")
    digest = sha256(json.dumps([source, key, content], sort_keys=True).encode()).hexdigest()
    row = {"source": source, "key": key, "digest": digest, "fact": content, "seen_at": uow.now()}
    insert_once(uow.session, UnmatchedFact, row)
