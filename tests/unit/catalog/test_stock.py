"""Stock is taken once, whoever stands at the counter at the same time."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.operations import take_from_stock
from ezcore.kernel.errors import Refused
from tests.fixtures_trade import at_once


def stock(trade, number=None):
    with trade.work.write() as uow:
        product = products.product_by_slug(uow, "web-start")
        if number is not None:
            product.stock = number
        return product.stock


def buy(trade):
    with trade.work.write() as uow:
        take_from_stock(uow, products.product_by_slug(uow, "web-start"))


@pytest.mark.parametrize("pieces", [1, 3])
def test_I29_twenty_buyers_of_the_last_pieces(each_trade, pieces):
    stock(each_trade, pieces)
    done = at_once(20, lambda _: buy(each_trade))
    assert done.count(None) == pieces
    assert {type(one) for one in done if one} == {Refused}
    assert stock(each_trade) == 0


def test_what_is_not_counted_never_runs_out(trade):
    assert [buy(trade) for _ in range(5)] == [None] * 5
    assert stock(trade) is None


def test_an_order_that_fails_gives_its_piece_back(trade):
    ann = trade.newcomer()
    cart = trade.cart(ann)
    stock(trade, 0)
    with pytest.raises(Refused, match="sold out"):
        _place(trade, ann, cart)
    stock(trade, 1)
    assert _place(trade, ann, cart)
    assert stock(trade) == 0


def test_the_database_knows_no_negative_stock(each_trade):
    with pytest.raises(IntegrityError), each_trade.shop.engine.begin() as raw:
        raw.execute(update(Product).values(stock=-1))


def _place(trade, actor, cart_id):
    from ezcore.orders.carts import operations as carts
    from ezcore.orders.orders import operations as orders

    with trade.work.write(actor) as uow:
        return orders.place(uow, carts.find_cart(uow, None, actor.user_id), actor.client_id, f"f{cart_id}").id
