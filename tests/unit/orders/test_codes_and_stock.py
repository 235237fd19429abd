"""What is limited is taken once, whoever comes at the same time, and given back once when nobody paid."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.promotions.models import Promotion, PromotionUse
from ezcore.catalog.promotions.operations import REFUSAL, Terms, create
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.services.services.models import Service
from tests.fixtures_trade import at_once


def code(trade, **facts):
    with trade.work.write() as uow:
        return create(uow, Terms(**{"code": "SPRING", "kind": "percent", "percent_ppm": 500_000} | facts)).id


def cart_with_code(trade, actor, slug="web-start"):
    number = trade.cart(actor, slug)
    with trade.work.write(actor) as uow:
        carts.apply_promotion(uow, uow.session.get_one(carts.Cart, number), "spring", actor.client_id)
    return number


def place(trade, actor, cart_id):
    with trade.work.write(actor) as uow:
        cart = uow.session.get_one(carts.Cart, cart_id)
        return orders.place(uow, cart, actor.client_id, f"form:{cart_id}").id


def cancel(trade, order_id):
    with trade.work.write() as uow:
        orders.cancel(uow, uow.session.get_one(Order, order_id), "not paid")


def used(trade):
    with trade.work.read() as uow:
        return uow.session.scalar(select(Promotion.used).where(Promotion.code == "SPRING"))


def test_B049_I28_a_single_use_code_by_twenty_at_once_is_used_once(each_trade):
    code(each_trade, max_uses=1)
    people = [each_trade.newcomer(f"Client{number}") for number in range(20)]
    carts_of = [cart_with_code(each_trade, one) for one in people]
    done = at_once(20, lambda number: place(each_trade, people[number], carts_of[number]))
    placed = [one for one in done if isinstance(one, int)]
    # A buyer who came later either was refused, or was priced without the code; nobody else has it.
    assert {type(one) for one in done} <= {int, Refused}
    with each_trade.work.read() as uow:
        holders = uow.session.scalars(select(PromotionUse.order_id)).all()
        cut = uow.session.scalars(select(InvoiceLine.id).where(InvoiceLine.kind == "discount")).all()
    assert len(holders) == len(cut) == 1
    assert holders[0] in placed
    assert used(each_trade) == 1
    assert each_trade.broken() == []


def test_once_per_client_holds_for_two_carts_at_once(each_trade):
    code(each_trade, once_per_client=True)
    ann = each_trade.newcomer()
    numbers = [cart_with_code(each_trade, ann) for _ in range(6)]
    at_once(6, lambda index: place(each_trade, ann, numbers[index]))
    with each_trade.work.read() as uow:
        assert len(uow.session.scalars(select(PromotionUse)).all()) == 1
    assert used(each_trade) == 1


def test_a_cancelled_unpaid_order_gives_the_use_back_once(each_trade):
    code(each_trade, max_uses=1, once_per_client=True)
    ann = each_trade.newcomer()
    order = place(each_trade, ann, cart_with_code(each_trade, ann))
    assert used(each_trade) == 1
    done = at_once(8, lambda _: cancel(each_trade, order))
    assert done.count(None) == 1
    assert {type(one) for one in done if one is not None} == {Refused}
    assert used(each_trade) == 0
    # The same client may use it now.
    assert place(each_trade, ann, cart_with_code(each_trade, ann))
    assert used(each_trade) == 1


def test_I29_a_cancelled_unpaid_order_gives_stock_back_once(each_trade):
    with each_trade.work.write() as uow:
        uow.session.execute(update(Product).where(Product.slug == "web-start").values(stock=1))
    ann = each_trade.newcomer()
    order = place(each_trade, ann, each_trade.cart(ann))
    at_once(8, lambda _: cancel(each_trade, order))
    with each_trade.work.read() as uow:
        assert uow.session.scalar(select(Product.stock).where(Product.slug == "web-start")) == 1
        assert uow.session.scalar(select(Order.status)) == "cancelled"
        assert uow.session.scalar(select(Service.state)) == "cancelled"
    assert each_trade.broken() == []


def test_I29_stock_of_one_and_twenty_buyers_is_one_order(each_trade):
    with each_trade.work.write() as uow:
        uow.session.execute(update(Product).where(Product.slug == "web-start").values(stock=1))
    people = [each_trade.newcomer(f"Client{number}") for number in range(20)]
    carts_of = [each_trade.cart(one) for one in people]
    done = at_once(20, lambda number: place(each_trade, people[number], carts_of[number]))
    assert sum(isinstance(one, int) for one in done) == 1
    assert {type(one) for one in done if not isinstance(one, int)} == {Refused}


def test_cancelling_the_invoice_cancels_its_order(trade):
    ann = trade.newcomer()
    order = place(trade, ann, trade.cart(ann))
    with trade.work.write() as uow:
        invoices.cancel(uow, uow.session.scalars(select(Invoice)).one(), "a mistake")
    with trade.work.read() as uow:
        assert uow.session.get_one(Order, order).status == "cancelled"


def test_a_paid_order_is_not_cancelled(trade):
    ann = trade.newcomer()
    order = place(trade, ann, trade.cart(ann))
    trade.pay(trade.unpaid()[0])
    with pytest.raises(Refused):
        cancel(trade, order)


def test_a_client_does_not_cancel_orders(trade):
    ann = trade.newcomer()
    order = place(trade, ann, trade.cart(ann))
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        orders.cancel(uow, uow.session.get_one(Order, order), "changed my mind")


def test_B047_a_code_of_another_currency_is_refused_like_any_other(trade):
    from ezcore.kernel.money import Money

    code(trade, kind="fixed", percent_ppm=0, amounts=(Money(500, "USD"),))
    with pytest.raises(InvalidInput, match=REFUSAL[:20]) as refused:
        cart_with_code(trade, trade.newcomer())
    assert refused.value.field == "code"


def test_B047_wrong_and_unfit_codes_cost_the_same_queries(trade, count_queries):
    code(trade, requires_product_id=1)
    ann = trade.newcomer()
    number = trade.cart(ann)
    counts = []
    for typed in ("NO-SUCH", "SPRING", "%", "' OR '1'='1"):
        with trade.work.write(ann) as uow, count_queries(trade.work.engine) as seen:
            with pytest.raises(InvalidInput):
                carts.apply_promotion(uow, uow.session.get_one(carts.Cart, number), typed, ann.client_id)
            counts.append(len(seen))
    assert len(set(counts)) == 1


def test_B053_an_order_of_nothing_is_paid_and_delivered_without_a_gateway(trade):
    code(trade, percent_ppm=1_000_000)
    ann = trade.newcomer()
    place(trade, ann, cart_with_code(trade, ann))
    trade.settle()
    with trade.work.read() as uow:
        invoice, service = (
            uow.session.scalars(select(Invoice)).one(),
            uow.session.scalars(select(Service)).one(),
        )
    assert (invoice.total_minor, invoice.status, service.state) == (0, "paid", "active")
    assert service.promotion_left is None
    assert trade.broken() == []


def test_the_line_says_by_which_version_of_the_price_it_was_sold(trade):
    ann = trade.newcomer()
    place(trade, ann, trade.cart(ann))
    with trade.work.read() as uow:
        line, service = (
            uow.session.scalars(select(InvoiceLine)).one(),
            uow.session.scalars(select(Service)).one(),
        )
        price = uow.session.get_one(Price, line.price_id)
    assert (price.amount_minor, service.price_id) == (350, price.id)
    assert line.explain["base_minor"] == 350
