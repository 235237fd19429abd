"""Reads of the endings that are sold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ezcore.domain_names.tlds.models import Tld, TldMargin, TldPrice
from ezcore.domain_names.tlds.rules import Margin, YearsPrice
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def by_name(uow: UnitOfWork, name: str) -> Tld | None:
    """The ending, whole, sold or not."""
    return uow.session.scalars(select(Tld).where(Tld.name == name).options(selectinload(Tld.prices))).first()


def by_id(uow: UnitOfWork, tld_id: int) -> Tld:
    """The ending, whole. Raises: NotFound."""
    found = uow.session.scalars(select(Tld).where(Tld.id == tld_id).options(selectinload(Tld.prices))).first()
    if found is None:
        raise NotFound("there is no such ending")
    return found


def sold(uow: UnitOfWork) -> Sequence[Tld]:
    """Endings on sale, whole, in the operator's order."""
    query = select(Tld).where(Tld.active.is_(True), Tld.product_id.is_not(None))
    return uow.session.scalars(query.options(selectinload(Tld.prices)).order_by(Tld.position, Tld.name)).all()


def every(uow: UnitOfWork, names: Collection[str] | None = None) -> Mapping[str, Tld]:
    """Endings by name, whole."""
    query = select(Tld).options(selectinload(Tld.prices)).order_by(Tld.position, Tld.name)
    if names is not None:
        query = query.where(Tld.name.in_(names))
    return {tld.name: tld for tld in uow.session.scalars(query)}


def price(tld: Tld, currency: str, years: int) -> TldPrice | None:
    """What so many years cost in a currency, if they are sold."""
    return next((one for one in tld.prices if (one.currency, one.years) == (currency, years)), None)


def cheapest(tld: Tld, currency: str) -> TldPrice | None:
    """The price of the shortest term."""
    return min(
        (one for one in tld.prices if one.currency == currency), key=lambda one: one.years, default=None
    )


def as_years(row: TldPrice) -> YearsPrice:
    """A stored price as the rules know it."""
    return YearsPrice(row.years, row.register_price, row.renew_price, row.transfer_price, row.restore_price)


def margin_of(uow: UnitOfWork, registrar: str, currency: str) -> Margin:
    """The margin that was used last; none when there was no import."""
    row = uow.session.scalars(
        select(TldMargin).where(TldMargin.registrar == registrar, TldMargin.currency == currency)
    ).first()
    return Margin(row.percent_ppm, row.fixed_minor, row.ending_minor, row.rate_ppm) if row else Margin()
