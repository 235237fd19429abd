"""An ending as products of the catalog: `domain-com` to register, `transfer-com` to bring a name here.

Cycles are its years; the first term costs what the first term costs, so carts, promotions, renewals and price
versions work for names as for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import select

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product, ProductGroup
from ezcore.catalog.products.operations import NewPrice, NewProduct, create_group, create_product
from ezcore.catalog.products.operations.prices import WantedPrice, set_prices, stop_selling
from ezcore.catalog.products.rules import prices_on
from ezcore.domain_names.names.rules import to_unicode
from ezcore.domain_names.tlds.models import Tld, TldPrice
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork

GROUP: Final = "domain-names"
KIND: Final = "domain"
MODULE: Final = "domain_names"


def sell(uow: UnitOfWork, tld: Tld, *, running_from: date | None = None) -> None:
    """Make the products of an ending say what its table says. Safe to repeat."""
    register = {row: NewPrice(_cycle(row), row.renew_price, first=row.register_price) for row in tld.prices}
    transfer = {
        row: NewPrice(_cycle(row), row.renew_price, first=row.transfer_price)
        for row in tld.prices
        if row.transfer_price is not None
    }
    tld.product_id = _product(uow, tld, "register", register, tld.product_id, running_from)
    tld.transfer_product_id = _product(uow, tld, "transfer", transfer, tld.transfer_product_id, running_from)
    uow.session.flush()


def _product(
    uow: UnitOfWork,
    tld: Tld,
    kind: str,
    wanted: Mapping[TldPrice, NewPrice],
    product_id: int | None,
    running_from: date | None,
) -> int | None:
    if product_id is None:
        return _make(uow, tld, kind, wanted).id if wanted else None
    product = products.product_whole(uow, product_id)
    product.hidden = not tld.active or not wanted
    today = uow.today()
    for price in prices_on(product, today):
        if (price.cycle_name, price.currency) not in {
            (one.cycle, one.amount.currency) for one in wanted.values()
        }:
            stop_selling(uow, product, price.cycle_name, price.currency, today)
    asked = [
        WantedPrice(one.cycle, one.amount, Money.zero(one.amount.currency), one.first)
        for one in wanted.values()
    ]
    set_prices(uow, product, asked, on_sale_from=today, running_from=running_from)
    return product.id


def _make(uow: UnitOfWork, tld: Tld, kind: str, wanted: Mapping[TldPrice, NewPrice]) -> Product:
    ending = to_unicode(tld.name)
    words = "domain name" if kind == "register" else "transfer"
    new = NewProduct(
        slug=f"{'domain' if kind == 'register' else 'transfer'}-{tld.name.replace('.', '-')}"[:60],
        name=f".{ending} {words}",
        kind=KIND,
        blurb=f"A name that ends in .{ending}",
        module=MODULE,
        icon="globe",
        settings={"tld": tld.name, "kind": kind},
        more_prices=tuple(wanted.values()),
    )
    product = create_product(uow, _group(uow), new)
    product.hidden = not tld.active
    return product


def _group(uow: UnitOfWork) -> ProductGroup:
    found = uow.session.scalars(select(ProductGroup).where(ProductGroup.slug == GROUP)).first()
    if found is None:
        found = create_group(uow, GROUP, "Domain names", icon="globe", position=80, hidden=True)
    return found


def _cycle(row: TldPrice) -> str:
    return f"{row.years} year" + ("" if row.years == 1 else "s")
