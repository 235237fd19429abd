"""What several reports ask the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, literal, select, union

from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus
from ezcore.billing.ledger.models import Journal
from ezcore.catalog.products.models import Price
from ezcore.reports.business.months import BEFORE
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork


def currencies(uow: UnitOfWork) -> list[str]:
    """Those that anything was invoiced or is sold in, and the shop's own."""
    known = uow.session.scalars(union(select(Invoice.currency), select(Price.currency)))
    return sorted({uow.settings.shop.currency, *known})


def place(column: Any, starts: Sequence[datetime]) -> ColumnElement[int]:
    """In which month an instant is, as `months.place_of` says; none when there is no instant."""
    steps = [(column < start, literal(at)) for at, start in enumerate(starts, BEFORE)]
    return case((column.is_(None), None), *steps, else_=literal(len(starts) - 1))


def ran_in(starts: Sequence[datetime]) -> list[ColumnElement[bool]]:
    """Services that are billed again and again, and ran at some time of the months."""
    return [
        Service.cycle_name != "once",
        Service.activated_at < starts[-1],
        Service.ended_at.is_(None) | (Service.ended_at >= starts[0]),
    ]


def in_the_books() -> list[ColumnElement[bool]]:
    """Documents that were issued: no drafts, no proformas; also those that were cancelled later."""
    return [Invoice.status != InvoiceStatus.DRAFT, Invoice.kind != InvoiceKind.PROFORMA]


def cancelled_by() -> ColumnElement[bool]:
    """Joins an invoice that was cancelled (not credited) to the journal that took it back, on the day of that."""
    key = literal("invoice:") + cast(Invoice.id, String) + literal(":cancel")
    return Journal.key == key
