"""Change prices: every change is a new version, the old ones stay for the services that were sold by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ezcore.audit import operations as audit
from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.products.rules import prices_on
from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class WantedPrice:
    """What a cycle shall cost in one currency: per cycle, once, and (None: the same) in the first term."""

    cycle: str
    amount: Money
    setup: Money
    first: Money | None = None


def set_prices(
    uow: UnitOfWork,
    product: Product,
    wanted: Sequence[WantedPrice],
    *,
    on_sale_from: date,
    running_from: date | None = None,
) -> list[Price]:
    """Sell at these prices from a day on; what did not change stays as it is. Gives the new versions.

    `running_from`: services sold by older versions move at their first renewal on or after this day; None: never.
    Raises: NotAllowed, InvalidInput naming the field.
    """
    uow.actor.require("catalog.manage")
    _check(uow, wanted, on_sale_from, running_from)
    standing = {(one.cycle_name, one.currency): one for one in prices_on(product, on_sale_from)}
    made = []
    for want in wanted:
        version = Price(
            product_id=product.id,
            cycle_name=str(Cycle.parse(want.cycle)),
            currency=want.amount.currency,
            amount_minor=want.amount.minor,
            setup_minor=want.setup.minor,
            first_minor=want.first.minor if want.first is not None and want.first != want.amount else None,
            on_sale_from=on_sale_from,
            running_from=running_from,
        )
        old = standing.get((version.cycle_name, version.currency))
        if old is None or _told(old) != _told(version):
            product.prices.append(version)
            made.append((old, version))
    uow.session.flush()
    for old, version in made:
        audit.record(
            uow,
            "price.change",
            "product",
            product.id,
            before=_told(old) if old is not None else None,
            after=_told(version) | {"on_sale_from": str(on_sale_from), "running_from": str(running_from)},
        )
    return [version for _, version in made]


def stop_selling(uow: UnitOfWork, product: Product, cycle: str, currency: str, on: date) -> None:
    """From this day on the cycle is not sold in this currency; services that have it renew as before.

    Raises: NotAllowed, InvalidInput when it is not on sale.
    """
    uow.actor.require("catalog.manage")
    same = [one for one in product.prices if (one.cycle_name, one.currency) == (cycle, currency)]
    now = [one for one in prices_on(product, on) if one in same]
    later = [one for one in same if one.on_sale_from > on]
    if not now and not later:
        raise InvalidInput(f"{product.name} is not sold per {cycle!r} in {currency}", field="cycle")
    for price in (*now, *later):
        price.on_sale_until = max(on, price.on_sale_from)
    audit.record(
        uow, "price.stop", "product", product.id, after={"cycle": cycle, "currency": currency, "on": str(on)}
    )


def _check(
    uow: UnitOfWork, wanted: Sequence[WantedPrice], on_sale_from: date, running_from: date | None
) -> None:
    if on_sale_from < uow.today():
        raise InvalidInput("a price cannot begin in the past", field="on_sale_from")
    if running_from is not None and running_from < on_sale_from:
        raise InvalidInput("running services cannot move before the price is on sale", field="running_from")
    seen = set()
    for want in wanted:
        key = (str(Cycle.parse(want.cycle)), known_currency(want.amount.currency).code)
        if key in seen:
            raise InvalidInput(f"{key[0]} in {key[1]} stands here twice", field="cycle")
        seen.add(key)
        for name in ("amount", "setup", "first"):
            value = getattr(want, name)
            if value is not None and value.is_negative:
                raise InvalidInput("a price cannot be negative", field=name)
            if value is not None and value.currency != want.amount.currency:
                raise InvalidInput("one currency per price", field=name)


def _told(price: Price) -> dict[str, object]:
    return {
        "cycle": price.cycle_name,
        "currency": price.currency,
        "amount_minor": price.amount_minor,
        "setup_minor": price.setup_minor,
        "first_minor": price.first_minor,
    }
