"""The database counts services by price, begin and end; every change of a price since the first month is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import String, and_, cast, func, select, union_all

from ezcore.audit.models import AuditRow
from ezcore.kernel.money import Money
from ezcore.orders.changes.models import ChangeState, ServiceChange
from ezcore.reports.business.months import Months, place_of
from ezcore.reports.business.movement.rules import Change, Delta, Row, Standing, deltas, fold
from ezcore.reports.business.queries import place, ran_in
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork

REPRICED = "service.reprice"


def movement(uow: UnitOfWork, months: Months, currency: str) -> list[Row]:
    """One row per month."""
    starts = months.starts(uow.settings.shop.time_zone)
    return fold(months, currency, _standing(uow, starts, currency), _deltas(uow, starts, currency))


def _standing(uow: UnitOfWork, starts: Sequence[datetime], currency: str) -> list[Standing]:
    began, ended = place(Service.activated_at, starts), place(Service.ended_at, starts)
    what = (began.label("began"), ended.label("ended"), Service.price_minor, Service.cycle_name)
    each = select(*what).where(*ran_in(starts), Service.currency == currency).subquery()
    query = select(*each.c, func.count()).group_by(*each.c)
    return [Standing(*values) for values in map(tuple, uow.session.execute(query))]


def _deltas(uow: UnitOfWork, starts: Sequence[datetime], currency: str) -> Iterator[Delta]:
    service = (
        Service.id.label("service_id"),
        place(Service.activated_at, starts).label("began"),
        place(Service.ended_at, starts).label("ended"),
        Service.price_minor,
        Service.cycle_name,
    )
    mine = (*ran_in(starts), Service.currency == currency)
    ordered = (
        select(*service, ServiceChange.closed_at.label("at"), ServiceChange.before.label("before"))
        .join(ServiceChange, ServiceChange.service_id == Service.id)
        .where(*mine, ServiceChange.state == ChangeState.APPLIED, ServiceChange.closed_at >= starts[0])
    )
    of_service = and_(AuditRow.object_kind == "service", AuditRow.object_id == cast(Service.id, String))
    repriced = (
        select(*service, AuditRow.at, AuditRow.before)
        .join(AuditRow, of_service)
        .where(*mine, AuditRow.verb == REPRICED, AuditRow.at >= starts[0])
    )
    rows = uow.session.execute(union_all(ordered, repriced).order_by("service_id")).all()
    for _, found in groupby(rows, key=lambda row: row.service_id):
        changes = list(found)
        head = changes[0]
        now = Standing(head.began, head.ended, head.price_minor, head.cycle, 1)
        yield from deltas(now, [_change(row.at, row.before, starts) for row in changes])


def _change(at: datetime, before: dict[str, Any], starts: Sequence[datetime]) -> Change:
    """A change that was ordered says its cycle; a new price of the catalogue keeps it."""
    where = place_of(at, starts)
    if "price_minor" in before:
        return Change(at, where, int(before["price_minor"]), str(before["cycle"]))
    return Change(at, where, Money.parse(*str(before["price"]).split(" ")).minor, None)
