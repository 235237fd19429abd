"""Take from stock and give back: conditional UPDATEs, so that a piece is sold once."""

from __future__ import annotations

from sqlalchemy import update

from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import Refused
from ezcore.work import UnitOfWork


def take_from_stock(uow: UnitOfWork, product: Product) -> None:
    """Take one piece, if stock is counted. One conditional UPDATE: twenty buyers of the last piece get one.

    Raises: Refused when it is sold out.
    """
    if product.stock is None:
        return
    left = uow.session.execute(
        update(Product)
        .where(Product.id == product.id, Product.stock > 0)
        .values(stock=Product.stock - 1)
        .execution_options(synchronize_session=False)
    )
    if left.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(f"{product.name} is sold out")


def give_back_to_stock(uow: UnitOfWork, product_id: int) -> None:
    """Put one piece back, if stock is (still) counted. The caller makes sure that it happens once (I29)."""
    uow.session.execute(
        update(Product)
        .where(Product.id == product_id, Product.stock.is_not(None))
        .values(stock=Product.stock + 1)
        .execution_options(synchronize_session=False)
    )
