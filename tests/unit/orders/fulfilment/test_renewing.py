"""A name that was paid for another year is renewed at its registry, once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from ezcore.jobs.models import Job
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.orders.fulfilment import renewing
from ezcore.services.services.events import PeriodPaid


def renewals(trade):
    with trade.work.read() as uow:
        return list(uow.session.scalars(select(Job).where(Job.kind == "services.renew")))


def test_a_paid_renewal_is_carried_out_at_the_vendor_once(names):
    domain = names.registered()
    assert renewals(names.trade) == []
    before = names.domain(domain).expires_on
    names.trade.go_to(date(2028, 1, 25))
    names.trade.run("renewals")
    names.trade.pay(names.trade.unpaid()[0])
    names.trade.settle()
    assert names.domain(domain).expires_on == before.replace(year=before.year + 1)
    assert len(renewals(names.trade)) == 1
    with names.trade.work.read() as uow:
        last = uow.session.scalars(
            select(OutboxEvent).where(OutboxEvent.name == "PeriodPaid").order_by(OutboxEvent.id.desc())
        ).first()
        event = PeriodPaid.from_json(last.payload)
    renewing.after_commit(names.trade.shop.host.ports, names.trade.work, event)
    names.trade.settle()
    assert len(renewals(names.trade)) == 1
    assert len(names.heard("renew")) == 1


def test_a_module_that_renews_nothing_is_not_asked(trade):
    service = trade.active_service()
    trade.go_to(date(2027, 2, 25))
    trade.run("renewals")
    trade.pay(trade.unpaid()[0])
    trade.settle()
    assert trade.service(service).state == "active"
    assert renewals(trade) == []
