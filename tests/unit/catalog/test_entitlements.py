"""What a client may use follows payment, suspension and the end, and each grant is a row of its own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.catalog.entitlements import operations as entitlements
from ezcore.catalog.entitlements.models import Entitlement
from ezcore.catalog.products.models import Product
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service
from tests.fixtures_trade import at_once


def live(trade, service):
    with trade.work.read() as uow:
        client = uow.session.get_one(Service, service).client_id
        return [row.service_id for row in entitlements.live_of(uow, client)]


def act(trade, service, verb):
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, service), verb, "test")
    trade.settle()


def grants(trade):
    with trade.work.read() as uow:
        return [(row.withdrawn_for, row.live_key) for row in uow.session.scalars(select(Entitlement))]


def test_nothing_is_granted_before_the_money_came(trade):
    ann = trade.newcomer()
    invoice = trade.order(ann)
    assert grants(trade) == []
    trade.pay(invoice)
    assert len(grants(trade)) == 1


def test_every_transition_is_followed(trade):
    service = trade.active_service()
    assert live(trade, service) == [service]
    act(trade, service, "suspend")
    assert live(trade, service) == []
    act(trade, service, "unsuspend")
    assert live(trade, service) == [service]
    act(trade, service, "terminate")
    assert live(trade, service) == []
    assert grants(trade) == [("test", None), ("terminated", None)]


def test_granting_at_once_and_again_is_one_grant(each_trade):
    service = each_trade.active_service()

    def again(_):
        with each_trade.work.write() as uow:
            row = uow.session.get_one(Service, service)
            entitlements.grant(
                uow, row.client_id, service, uow.session.get_one(Product, row.product_id), "again"
            )

    assert at_once(8, again) == [None] * 8
    assert len(grants(each_trade)) == 1
    with each_trade.work.read() as uow:
        rows = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "entitlement.grant")).all()
    assert len(rows) == 1


def test_taking_away_what_was_not_given_is_nothing(trade):
    service = trade.active_service()
    for _ in range(2):
        with trade.work.write() as uow:
            entitlements.withdraw(uow, service, "the end")
    assert grants(trade) == [("the end", None)]


def test_the_end_of_the_last_paid_period_takes_it_away(trade):
    """Cancelled in February, paid until the 28th: it may be used up to that day and not on it."""
    service = trade.active_service()
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, service))
    trade.go_to(date(2027, 2, 27))
    trade.run("cancellations")
    assert live(trade, service) == [service]
    trade.go_to(date(2027, 2, 28))
    trade.run("cancellations")
    assert live(trade, service) == []


def test_a_cancellation_that_was_taken_back_takes_nothing(trade):
    service = trade.active_service()
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, service))
        services.keep(uow, uow.session.get_one(Service, service))
    trade.go_to(date(2027, 2, 28))
    trade.run("cancellations")
    assert live(trade, service) == [service]


def test_a_suspension_for_money_takes_it_and_the_payment_gives_it_back(trade):
    service = trade.active_service()
    trade.go_to(date(2027, 2, 21))
    trade.run("renewals")
    trade.go_to(date(2027, 3, 31))
    trade.run("suspensions")
    assert live(trade, service) == []
    for invoice in trade.unpaid():
        trade.pay(invoice)
    trade.settle()
    assert live(trade, service) == [service]


def test_an_order_that_is_cancelled_unpaid_never_granted_anything(trade):
    trade.order(trade.newcomer())
    with trade.work.write() as uow:
        orders.cancel(uow, uow.session.scalars(select(Order)).one(), "not paid")
    trade.settle()
    assert grants(trade) == []
