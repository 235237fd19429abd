"""Finds payments whose webhook never came: asks the gateway about checkouts that stay pending."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from ezcore.automation.run import Outcome
from ezcore.billing.transactions.jobs import request_reconcile
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.work import Work

PATIENCE = timedelta(minutes=5)


def run(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue a look at the gateway for each checkout older than five minutes; one job per checkout."""
    outcome = Outcome()
    with work.read() as uow:
        waiting = uow.session.scalars(
            select(Transaction).where(
                Transaction.status == TransactionStatus.PENDING,
                Transaction.kind == "checkout",
                Transaction.checkout_id.is_not(None),
                Transaction.created_at <= uow.now() - PATIENCE,
            )
        ).all()
    for transaction in waiting:
        outcome.lines.append(f"{transaction.gateway} {transaction.reference}")
        if not preview:
            with work.write() as uow:
                request_reconcile(uow, transaction)
    return outcome
