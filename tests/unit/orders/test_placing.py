"""An order is placed once, at the prices of the shop, for one's own account."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.catalog.products.models import Price, Product
from ezcore.kernel.actor import VISITOR
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.kernel.money import Money
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.plugin_api.values import Action
from ezcore.services.services.models import Service
from ezcore.testkit.quiet import NoHooks
from tests.fixtures_trade import at_once


def count(trade, model):
    with trade.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(model))


def place(trade, actor, cart_id, form="f1", client_id=None):
    with trade.work.write(actor) as uow:
        cart = uow.session.get_one(carts.Cart, cart_id)
        return orders.place(uow, cart, client_id or actor.client_id, form).id


def test_B050_the_same_form_eight_times_at_once_is_one_order_for_all(each_trade):
    ann = each_trade.newcomer()
    cart = each_trade.cart(ann)
    placed = at_once(8, lambda _: place(each_trade, ann, cart))
    assert set(placed) == {placed[0]}
    assert isinstance(placed[0], int)
    assert (count(each_trade, Order), count(each_trade, Invoice), count(each_trade, Service)) == (1, 1, 1)


def test_one_cart_by_two_forms_is_ordered_once(each_trade):
    ann = each_trade.newcomer()
    cart = each_trade.cart(ann)
    done = at_once(8, lambda number: place(each_trade, ann, cart, f"form {number}"))
    assert sum(isinstance(one, int) for one in done) == 1
    assert {type(one) for one in done if not isinstance(one, int)} == {Refused}


def test_the_form_of_another_client_leads_nowhere(trade):
    ann, bob = trade.newcomer("Ann"), trade.newcomer("Bob")
    place(trade, ann, trade.cart(ann), "the form")
    with pytest.raises(NotFound):
        place(trade, bob, trade.cart(bob), "another", client_id=ann.client_id)
    assert count(trade, Order) == 1


def test_a_visitor_cannot_order(trade):
    cart = trade.cart(trade.newcomer())
    with pytest.raises(NotAllowed):
        place(trade, VISITOR, cart, client_id=1)


def test_an_empty_cart_is_no_order(trade):
    ann = trade.newcomer()
    with trade.work.write(ann) as uow:
        cart, _ = carts.open_cart(uow, ann.user_id)
    with pytest.raises(InvalidInput) as refused:
        place(trade, ann, cart.id)
    assert refused.value.field == "cart"


def test_what_is_charged_is_the_price_of_the_moment_of_ordering(trade):
    ann = trade.newcomer()
    cart = trade.cart(ann)
    with trade.work.write() as uow:
        uow.session.execute(update(Price).values(amount_minor=999, setup_minor=100))
    place(trade, ann, cart)
    with trade.work.read() as uow:
        lines = uow.session.scalars(select(InvoiceLine).order_by(InvoiceLine.position)).all()
        service = uow.session.scalars(select(Service)).one()
        total = uow.session.scalars(select(Order)).one().total
    assert [line.amount for line in lines] == [Money(999, "EUR"), Money(100, "EUR")]
    assert (total, service.price) == (Money(1099, "EUR"), Money(999, "EUR"))
    assert trade.broken() == []


def test_a_product_that_was_retired_meanwhile_is_not_sold(trade):
    ann = trade.newcomer()
    cart = trade.cart(ann)
    with trade.work.write() as uow:
        uow.session.execute(update(Product).values(retired_at=uow.now()))
    with pytest.raises(InvalidInput, match="no longer sold"):
        place(trade, ann, cart)


def test_B046_a_cart_has_its_limit(trade):
    ann = trade.newcomer()
    with trade.work.write(ann) as uow:
        cart, _ = carts.open_cart(uow, ann.user_id)
        for _ in range(carts.MAX_LINES):
            carts.add_line(uow, cart, "web-start", "1 month", {}, {}, "x")
        with pytest.raises(InvalidInput):
            carts.add_line(uow, cart, "web-start", "1 month", {}, {}, "x")


def test_a_cart_is_found_by_its_secret_and_never_by_another_user(trade):
    ann, bob = trade.newcomer("Ann"), trade.newcomer("Bob")
    with trade.work.write() as uow:
        cart, secret = carts.open_cart(uow)
        assert carts.find_cart(uow, secret, bob.user_id).id == cart.id
        carts.adopt(uow, cart, ann.user_id)
        carts.adopt(uow, cart, bob.user_id)
        assert carts.find_cart(uow, secret, ann.user_id).id == cart.id
        assert carts.find_cart(uow, secret, bob.user_id) is None
        assert carts.find_cart(uow, secret, None) is None
        assert carts.find_cart(uow, "guess", None) is None


def test_one_time_work_has_no_next_period(trade):
    trade.pay(trade.order(trade.newcomer(), "site-one-page", "once"))
    trade.settle()
    with trade.work.read() as uow:
        service = uow.session.scalars(select(Service)).one()
    assert (service.state, service.paid_until, service.billed_until) == ("active", None, None)
    trade.later(400)
    assert trade.run("renewals").lines == []


class Veto(NoHooks):
    """A plugin that lets nothing be set up."""

    def before_action(self, action: Action) -> None:
        raise Refused(f"no {action.verb} today")


def test_a_veto_against_the_setup_does_not_lose_the_money_that_came(each_trade):
    """The payment is kept, and a person is asked."""
    from ezcore.jobs.models import StaffTask

    ann = each_trade.newcomer()
    number = each_trade.order(ann)
    with each_trade.work.write() as uow:
        uow.session.execute(update(Service).values(module="proxmox"))
    each_trade.work.hooks = Veto()
    each_trade.pay(number)
    assert each_trade.invoice(number).status == "paid"
    with each_trade.work.read() as uow:
        service = uow.session.scalars(select(Service)).one()
        [task] = uow.session.scalars(select(StaffTask))
    assert (service.state, service.open_action) == ("pending", None)
    assert task.cause == "no create today"
    assert each_trade.broken() == []
