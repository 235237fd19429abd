"""Payouts: what arrived at the bank left the gateway, in any order of what we are told."""

from __future__ import annotations

import itertools

from sqlalchemy import select

from ezcore.billing.ledger import operations as ledger
from ezcore.billing.payouts.models import Payout
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.jobs.models import StaffTask
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.webhook_source import PayoutFact

STATES = ("pending", "paid", "failed")


def told(trade, number, status):
    fact = PayoutFact(payout_id=f"po_{number}", amount=Money(9000, "EUR"), status=status, reason="closed")
    with trade.work.write() as uow:
        assert apply_fact(uow, "stripe", fact) is None


def cash(trade, place):
    with trade.work.read() as uow:
        return ledger.balance(uow, f"cash:{place}", "EUR").minor


def test_a_payout_that_was_paid_is_at_the_bank_once(each_trade):
    for status in ("pending", "paid", "paid", "pending"):
        told(each_trade, 1, status)
    assert (cash(each_trade, "bank"), cash(each_trade, "stripe")) == (9000, -9000)
    assert each_trade.broken() == []


def test_one_that_failed_came_back_and_somebody_is_asked_whatever_the_order(trade):
    for number, order in enumerate(itertools.permutations(STATES)):
        for status in order:
            told(trade, number, status)
    assert (cash(trade, "bank"), cash(trade, "stripe")) == (0, 0)
    with trade.work.read() as uow:
        assert set(uow.session.scalars(select(Payout.status))) == {"failed"}
        assert len(uow.session.scalars(select(StaffTask)).all()) == 6
