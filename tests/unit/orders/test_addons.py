"""Add-ons: billed with their service or by themselves, and gone when it goes. Amounts are calculated by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import InvoiceLine
from ezcore.catalog.entitlements.operations import live_of
from ezcore.kernel.errors import InvalidInput
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service


def actor_of(trade, service_id):
    from ezcore.accounts.models import Membership
    from ezcore.kernel.actor import Actor
    from ezcore.simulation.history import CLIENT_RIGHTS

    with trade.work.read() as uow:
        client_id = uow.session.get_one(Service, service_id).client_id
        user = uow.session.scalar(select(Membership.user_id).where(Membership.client_id == client_id))
    return Actor("client", user, client_id, CLIENT_RIGHTS, "Ann")


def add_to(trade, service_id, slug="offsite-copies", cycle="1 month", actor=None):
    """Order an add-on for a running service; gives its invoice."""
    ann = actor or actor_of(trade, service_id)
    with trade.work.write(ann) as uow:
        cart, _ = carts.open_cart(uow, ann.user_id)
        carts.add_line(uow, cart, slug, cycle, {}, {}, "", parent_service_id=service_id)
        return orders.place(uow, cart, ann.client_id, f"addon:{cart.id}").invoice_id


def child_of(trade, service_id):
    with trade.work.read() as uow:
        return uow.session.scalars(select(Service).where(Service.parent_id == service_id)).one()


def lines_of(trade, invoice_id):
    with trade.work.read() as uow:
        query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
        return uow.session.scalars(query.order_by(InvoiceLine.position)).all()


def test_a_cotermed_addon_pays_the_days_up_to_the_next_renewal_and_then_renews_with_it(trade):
    """Bought on 31 January for a month that ends on 28 February; on 10 February 18 of 28 days are left."""
    parent = trade.active_service()
    assert trade.service(parent).paid_until == date(2027, 2, 28)
    trade.go_to(date(2027, 2, 10))
    invoice = add_to(trade, parent)
    # 4.00 x 18 / 28 = 2.571...
    assert trade.invoice(invoice).total_minor == 257
    [line] = lines_of(trade, invoice)
    assert (line.period_start, line.period_end) == (date(2027, 2, 10), date(2027, 2, 28))
    assert (line.explain["days"], line.explain["of_days"]) == (18, 28)
    trade.pay(invoice)
    trade.settle()
    child = child_of(trade, parent)
    assert (child.state, child.paid_until, child.anchor_day) == ("active", date(2027, 2, 28), 31)
    trade.go_to(date(2027, 2, 21))
    trade.run("renewals")
    again = trade.service(child.id).billed_until
    assert again == trade.service(parent).billed_until == date(2027, 3, 31)
    with trade.work.read() as uow:
        renewed = uow.session.scalars(
            select(InvoiceLine)
            .where(InvoiceLine.period_start == date(2027, 2, 28))
            .order_by(InvoiceLine.service_id)
        ).all()
    assert [(line.service_id, line.amount_minor) for line in renewed] == [(parent, 350), (child.id, 400)]


def test_an_addon_with_its_own_term_is_paid_in_full(trade):
    parent = trade.active_service()
    trade.go_to(date(2027, 2, 10))
    invoice = add_to(trade, parent, "moving-in", "once")
    assert trade.invoice(invoice).total_minor == 3500
    assert child_of(trade, parent).billed_until is None


def test_a_cotermed_addon_by_another_cycle_is_refused(trade):
    with pytest.raises(InvalidInput) as refused:
        add_to(trade, trade.active_service(), cycle="1 year")
    assert refused.value.field == "cycle"


def test_nobody_adds_to_the_service_of_another(trade):
    parent, bob = trade.active_service(), trade.newcomer("Bob")
    with pytest.raises(InvalidInput):
        add_to(trade, parent, actor=bob)


def test_an_addon_is_not_sold_with_a_product_that_does_not_offer_it(trade):
    with pytest.raises(InvalidInput):
        add_to(trade, trade.active_service(slug="support-basic"))


def test_a_service_that_ends_takes_no_addons(trade):
    parent = trade.active_service()
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, parent))
    with pytest.raises(InvalidInput):
        add_to(trade, parent)


def active_family(trade):
    parent = trade.active_service()
    trade.pay(add_to(trade, parent))
    trade.settle()
    return parent, child_of(trade, parent).id


def test_cancelling_the_parent_cancels_its_addons_and_keeping_it_keeps_them(trade):
    parent, child = active_family(trade)
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, parent))
    assert trade.service(child).cancel_on == trade.service(parent).cancel_on == date(2027, 2, 28)
    with trade.work.write() as uow:
        services.keep(uow, uow.session.get_one(Service, parent))
    assert trade.service(child).cancel_on is None
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, parent))
    trade.go_to(date(2027, 2, 28))
    trade.run("cancellations")
    assert (trade.service(parent).state, trade.service(child).state) == ("terminated", "terminated")
    assert trade.unpaid() == []
    assert trade.broken() == []


def test_an_addon_that_ends_by_itself_is_not_kept_by_keeping_its_parent(trade):
    parent, child = active_family(trade)
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, child), "too dear")
        services.schedule_cancellation(uow, uow.session.get_one(Service, parent))
        services.keep(uow, uow.session.get_one(Service, parent))
    assert trade.service(child).cancel_on == date(2027, 2, 28)


def test_terminating_the_parent_terminates_its_addons_and_takes_what_they_allowed(trade):
    parent, child = active_family(trade)
    late = add_to(trade, parent, "moving-in", "once")
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, parent), "terminate", "abuse")
    trade.settle()
    assert trade.service(child).state == "terminated"
    with trade.work.read() as uow:
        waiting = uow.session.scalars(select(Service).where(Service.parent_id == parent)).all()[1]
        assert live_of(uow, waiting.client_id) == []
    assert waiting.state == "cancelled"
    assert trade.invoice(late).status in ("unpaid", "cancelled")
