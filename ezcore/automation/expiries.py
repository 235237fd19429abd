"""Tells clients that the method which renewals are charged to expires: 30 and 7 days before, once each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from ezcore.automation.run import Outcome
from ezcore.billing.methods.events import MethodExpires
from ezcore.billing.methods.models import MethodNotice, PaymentMethod
from ezcore.billing.methods.queries import method_of
from ezcore.db.once import insert_once
from ezcore.kernel.errors import EzError
from ezcore.work import UnitOfWork, Work

DAYS: Final = (30, 7)
_MONTHS: Final = 12


def run(work: Work, on: date, preview: bool) -> Outcome:
    """One notice per method, date and distance; a day that was missed is made up by the nearest one."""
    outcome = Outcome()
    soon = {f"{day:%Y-%m}" for day in (on, on + timedelta(days=max(DAYS)))}
    with work.read() as uow:
        query = select(PaymentMethod.id).where(
            PaymentMethod.removed_at.is_(None), PaymentMethod.expires.in_(soon)
        )
        ids = uow.session.scalars(query.order_by(PaymentMethod.id)).all()
    for method_id in ids:
        with outcome.apart(f"method {method_id}"), work.read() if preview else work.write() as uow:
            _tell(uow, uow.session.get_one(PaymentMethod, method_id), on, preview, outcome)
    return outcome


def last_day(expires: str) -> date:
    """A card is good until the end of its month ("2028-04"). Raises: EzError for anything else."""
    year, separator, month = expires.partition("-")
    if not (separator and year.isdecimal() and month.isdecimal() and 1 <= int(month) <= _MONTHS):
        raise EzError(f"{expires!r} is no month")
    first_after = date(int(year) + int(month) // _MONTHS, int(month) % _MONTHS + 1, 1)
    return first_after - timedelta(days=1)


def _tell(uow: UnitOfWork, method: PaymentMethod, on: date, preview: bool, outcome: Outcome) -> None:
    charged = method_of(uow, method.client_id)
    if charged is None or charged.id != method.id or not method.expires:
        return
    left = (last_day(method.expires) - on).days
    due = [days for days in DAYS if 0 <= left <= days]
    if not due:
        return
    row = {"method_id": method.id, "expires": method.expires, "days": min(due), "at": uow.now()}
    if preview or insert_once(uow.session, MethodNotice, row) is not None:
        outcome.lines.append(f"{method.label} expires in {left} days")
        if not preview:
            uow.emit(MethodExpires(method.id, method.client_id, left))
