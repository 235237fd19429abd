"""Applies what a webhook said about money; returns why a fact must be parked instead."""

from __future__ import annotations

from ezcore.billing.transactions import operations as transactions
from ezcore.kernel.errors import EzError
from ezcore.plugin_api.ports.webhook_source import Fact, PaymentFact
from ezcore.work import UnitOfWork


def apply_fact(uow: UnitOfWork, source: str, fact: Fact) -> str | None:
    """Apply a payment fact to the transaction that carries its reference, if it is of this gateway."""
    if not isinstance(fact, PaymentFact):
        return f"refund {fact.refund_id}: refunds are matched with the refund that asked for them"
    transaction = transactions.by_reference(uow, fact.reference)
    if transaction is None or transaction.gateway != source:
        return f"no transaction of ours carries the reference {fact.reference!r}"
    try:
        with uow.session.begin_nested():
            transactions.settle(uow, transaction, fact.result)
    except EzError as error:
        return error.message
    return None
