"""What a client may use follows payment, suspension and the end, and each grant is a row of its own."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.catalog.entitlements import operations as entitlements
from ezcore.catalog.entitlements.models import Entitlement
from ezcore.catalog.products.models import Product
from ezcore.services.lifecycle import operations as lifecycle
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
