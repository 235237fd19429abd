"""Which services start a new period within the lead time, and how a run of them is cut into chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select

from ezcore.accounts.models import Client
from ezcore.billing.subscriptions.queries import billed_elsewhere
from ezcore.db.bulk import among
from ezcore.services.services.models import Service, ServiceState
from ezcore.settings import Settings
from ezcore.work import UnitOfWork

CHUNK: Final = 1000
"""Services in one transaction, more or less: a client is never split between chunks."""

COLUMNS: Final = (
    Service.id,
    Service.client_id,
    Service.currency,
    Service.price_minor,
    Service.cycle_name,
    Service.anchor_day,
    Service.billed_until,
    Service.label,
    Service.product_id,
    Service.tax_class,
    Service.price_id,
    Service.parent_id,
    Service.promotion_id,
    Service.promotion_left,
    Service.choices,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run: clients after one id up to another, or, when something in it broke, just these services."""

    after: int = 0
    until: int | None = None
    service_ids: tuple[int, ...] = ()

    @property
    def clients(self) -> ColumnElement[bool]:
        """The services of these clients."""
        if self.service_ids:
            return Service.id.in_(self.service_ids)
        if self.until is None:
            return Service.client_id > self.after
        return and_(Service.client_id > self.after, Service.client_id <= self.until)


def is_due(settings: Settings, on: date) -> ColumnElement[bool]:
    """Runs, has paid what it was billed, does not end with that, and its next period is near enough.

    A day set by staff (`override_invoice_on`) replaces the lead time of its cycle, once.
    """
    billing = settings.billing
    leads = billing.leads
    near = or_(
        and_(
            Service.cycle_name.not_in(list(leads)),
            Service.billed_until <= on + timedelta(days=billing.lead_days),
        ),
        *(
            and_(Service.cycle_name == cycle, Service.billed_until <= on + timedelta(days=days))
            for cycle, days in leads.items()
        ),
    )
    return and_(
        Service.state.in_((ServiceState.ACTIVE, ServiceState.SUSPENDED)),
        Service.billed_until.is_not(None),
        # Who has not paid the running period is not billed for the next one.
        Service.paid_until == Service.billed_until,
        or_(Service.cancel_on.is_(None), Service.cancel_on > Service.billed_until),
        or_(and_(Service.override_invoice_on.is_(None), near), Service.override_invoice_on <= on),
        # A gateway bills these; its bills become our invoices.
        Service.id.not_in(billed_elsewhere()),
    )


def parts(uow: UnitOfWork, on: date, size: int = CHUNK) -> list[Part]:
    """The due services cut at clients, about `size` services each: one scan, however many there are."""
    place = func.row_number().over(order_by=Service.client_id).label("place")
    numbered = select(Service.client_id, place).where(is_due(uow.settings, on)).subquery()
    cuts = select(numbered.c.client_id).where(numbered.c.place % size == 0).distinct()
    ends: list[int | None] = [*uow.session.scalars(cuts.order_by(numbered.c.client_id)), None]
    return [Part(start or 0, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def count(uow: UnitOfWork, on: date, but: Sequence[int] = ()) -> int:
    """How many services are due, those left out that could not be billed in this run."""
    query = select(func.count()).select_from(Service).where(is_due(uow.settings, on))
    if but:
        query = query.where(Service.id.not_in(but))
    return int(uow.session.scalar(query) or 0)


def take_clients(uow: UnitOfWork, on: date, part: Part, *, wait: bool) -> dict[int, bool]:
    """Lock the clients of a part that have something due; gives whether each wants separate invoices.

    Clients that another run works on are left to it, unless `wait`. SQLite has one writer, and so nobody else.
    """
    locked = _clients(uow, on, part).with_for_update(key_share=True, skip_locked=not wait)
    return {row.id: row.separate_invoices for row in uow.session.execute(locked)}


def clients_of(uow: UnitOfWork, on: date, part: Part) -> dict[int, bool]:
    """As `take_clients`, for a look that locks nothing."""
    return {row.id: row.separate_invoices for row in uow.session.execute(_clients(uow, on, part))}


def _clients(uow: UnitOfWork, on: date, part: Part) -> Select[int, bool]:
    query = (
        select(Client.id, Client.separate_invoices)
        .where(exists().where(Service.client_id == Client.id, is_due(uow.settings, on), part.clients))
        .order_by(Client.id)
    )
    if not part.service_ids:
        query = query.where(Client.id > part.after)
        query = query if part.until is None else query.where(Client.id <= part.until)
    return query


def due_of(
    uow: UnitOfWork, on: date, part: Part, clients: Sequence[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The due services of a part, by client, add-ons after their parents. Locked when `clients` are (see above)."""
    first = func.coalesce(Service.parent_id, Service.id)
    query = select(*COLUMNS).where(is_due(uow.settings, on), part.clients)
    if clients is not None:
        query = query.where(among(uow.session, Service.client_id, clients)).with_for_update(key_share=True)
    return uow.session.execute(query.order_by(Service.client_id, first, Service.id)).all()
