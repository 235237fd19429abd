"""Gapless numbers of documents: one counter row per series, taken last in the transaction (I13)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from ezcore.billing.invoices.models import InvoiceSeries
from ezcore.billing.invoices.rules import print_number, series_name
from ezcore.db.once import insert_once
from ezcore.work import UnitOfWork


def take(uow: UnitOfWork, kind: str, on: date, count: int = 1) -> tuple[str, int]:
    """Take `count` numbers of the series of this kind of document; returns the series and the *first* number.

    The row stays locked until the transaction ends, so that a rollback leaves no gap: call it last.
    """
    series = series_name(kind, on, yearly=uow.settings.billing.numbers_restart_yearly)
    take_some = (
        update(InvoiceSeries)
        .where(InvoiceSeries.name == series)
        .values(last_number=InvoiceSeries.last_number + count)
        .returning(InvoiceSeries.last_number)
        .execution_options(synchronize_session=False)
    )
    last = uow.session.execute(take_some).scalar_one_or_none()
    if last is None:
        insert_once(uow.session, InvoiceSeries, {"name": series, "last_number": 0}, returning="name")
        last = uow.session.execute(take_some).scalar_one()
    return series, last - count + 1


def printed(uow: UnitOfWork, kind: str, number: int, on: date) -> str:
    """The number as documents of this kind show it."""
    return print_number(uow.settings.billing.number_format_of(kind), number, on)
