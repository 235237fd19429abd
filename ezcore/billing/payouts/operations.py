"""A gateway tells of a payout: what arrived at the bank left the gateway's cash."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.payouts.models import Payout, PayoutStatus
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.plugin_api.ports.webhook_source import PayoutFact
from ezcore.work import UnitOfWork

_RANK: Final = {status: rank for rank, status in enumerate(PayoutStatus)}


def told(uow: UnitOfWork, source: str, fact: PayoutFact) -> None:
    """Apply what was said. Safe to repeat, in any order: a payout that failed came back, also when it was paid before.

    The bank's account is `cash:bank`, in the currency of the payout; fees are in the journals of the payments.
    """
    row = {
        "gateway": source,
        "external_id": fact.payout_id,
        "currency": fact.amount.currency,
        "amount_minor": fact.amount.minor,
        "status": PayoutStatus.PENDING,
        "posted": False,
        "seen_at": uow.now(),
    }
    insert_once(uow.session, Payout, row)
    query = select(Payout).where(Payout.gateway == source, Payout.external_id == fact.payout_id)
    payout = uow.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    if fact.arrives_on is not None and (payout.arrives_on is None or fact.arrives_on > payout.arrives_on):
        payout.arrives_on = fact.arrives_on
    status = PayoutStatus(fact.status)
    if _RANK[status] <= _RANK[PayoutStatus(payout.status)]:
        return
    before, payout.status, payout.reason = str(payout.status), status, fact.reason
    _post(uow, payout, arrived=status == PayoutStatus.PAID)
    audit.record(
        uow, "payout.move", "payout", payout.id, before={"status": before}, after={"status": str(status)}
    )
    if status == PayoutStatus.FAILED:
        cause = f"{source} says: {fact.reason or 'no reason given'}. Check the bank account that {source} pays to."
        jobs.ask_staff(uow, f"payout:{payout.id}:failed", f"A payout of {payout.amount} failed", cause)


def _post(uow: UnitOfWork, payout: Payout, *, arrived: bool) -> None:
    if payout.posted == arrived:
        return
    amount = payout.amount if arrived else -payout.amount
    sides = [
        ledger.Posting(ledger.cash("bank"), amount),
        ledger.Posting(ledger.cash(payout.gateway), -amount),
    ]
    key = f"payout:{payout.gateway}:{payout.external_id}:{'paid' if arrived else 'failed'}"
    ledger.post(uow, key[:160], "payout", uow.today(), sides)
    payout.posted = arrived
