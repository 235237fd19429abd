"""The database counts services by begin and end, and clients by the months at whose begin they had a service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select

from ezcore.reports.business.churn.rules import Clients, Row, Services, fold
from ezcore.reports.business.months import Months
from ezcore.reports.business.queries import place, ran_in
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork


def churn(uow: UnitOfWork, months: Months) -> list[Row]:
    """One row per month."""
    starts = months.starts(uow.settings.shop.time_zone)
    return fold(months, _services(uow, starts), _clients(uow, starts))


def _services(uow: UnitOfWork, starts: Sequence[datetime]) -> list[Services]:
    began, ended = place(Service.activated_at, starts), place(Service.ended_at, starts)
    each = select(began.label("began"), ended.label("ended")).where(*ran_in(starts)).subquery()
    query = select(*each.c, func.count()).group_by(*each.c)
    return [Services(*values) for values in map(tuple, uow.session.execute(query))]


def _clients(uow: UnitOfWork, starts: Sequence[datetime]) -> list[Clients]:
    stood = [
        func.max(case((_runs_at(start), 1), else_=0)).label(f"stood_{at}") for at, start in enumerate(starts)
    ]
    each = select(*stood).where(*ran_in(starts)).group_by(Service.client_id).subquery()
    rows = uow.session.execute(select(*each.c, func.count()).group_by(*each.c))
    return [Clients([bool(flag) for flag in flags], count) for *flags, count in rows]


def _runs_at(start: datetime) -> ColumnElement[bool]:
    return (Service.activated_at < start) & (Service.ended_at.is_(None) | (Service.ended_at >= start))
