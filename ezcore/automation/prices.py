"""Moves running services to new price versions, at their first renewal on or after the day that the version states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, Select, and_, or_, select, update
from sqlalchemy.orm import aliased

from ezcore.audit import operations as audit
from ezcore.automation.run import Outcome
from ezcore.catalog.products.models import Price
from ezcore.kernel.money import Money
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work

CHUNK = 500
OLD, NEW = aliased(Price, name="sold_by"), aliased(Price, name="newer")


@dataclass(frozen=True)
class Move:
    """A service that goes to another version: what a cycle costs before and after. Options keep what they cost."""

    service_id: int
    client_id: int
    label: str
    old_price_id: int
    price_id: int
    before: Money
    after: Money

    @property
    def words(self) -> str:
        """For the run's list."""
        return f"{self.label}: {self.before} becomes {self.after}"


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Move every service whose next renewal is about to be invoiced and is touched by a new version. Safe to repeat.

    The period that runs is left alone: only what is not invoiced yet costs the new price. A service whose price staff
    made by hand (no `price_id`) is not touched.
    """
    outcome = Outcome()
    after = 0
    while True:
        with work.read() as uow:
            moves, last = due(uow, on, after)
        if last is None:
            return outcome
        after = last
        if not preview:
            with work.write() as uow:
                moves = [move for move in moves if _apply(uow, move)]
        outcome.lines.extend(move.words for move in moves)


def due(uow: UnitOfWork, on: date, after: int = 0) -> tuple[list[Move], int | None]:
    """A chunk of moves, by service id, and the last id that was looked at (None: there was nothing more)."""
    rows = uow.session.execute(_query(uow, on, after)).all()
    if not rows:
        return [], None
    latest: dict[int, Row[Service, Price, Price]] = {}
    for row in rows:
        latest[row[0].id] = row  # the query gives versions in their order: the last one stands
    whole = list(latest) if len(rows) < CHUNK else list(latest)[:-1] or list(latest)
    return [_move(latest[number]) for number in whole], whole[-1]


def _query(uow: UnitOfWork, on: date, after: int) -> Select[Service, Price, Price]:
    billing = uow.settings.billing
    # As far as the earliest invoice looks: no cycle is invoiced at the old price because of its longer lead.
    horizon = on + timedelta(days=max(billing.lead_days, *billing.leads.values(), 0))
    newer = or_(
        NEW.on_sale_from > OLD.on_sale_from, and_(NEW.on_sale_from == OLD.on_sale_from, NEW.id > OLD.id)
    )
    return (
        select(Service, OLD, NEW)
        .join(OLD, OLD.id == Service.price_id)
        .join(
            NEW,
            and_(
                NEW.product_id == OLD.product_id,
                NEW.cycle_name == OLD.cycle_name,
                NEW.currency == OLD.currency,
                NEW.running_from.is_not(None),
                NEW.running_from <= Service.billed_until,
                newer,
            ),
        )
        .where(
            Service.id > after,
            Service.state.in_((ServiceState.ACTIVE, ServiceState.SUSPENDED)),
            Service.billed_until <= horizon,
            or_(Service.cancel_on.is_(None), Service.cancel_on > Service.billed_until),
        )
        .order_by(Service.id, NEW.on_sale_from, NEW.id)
        .limit(CHUNK)
    )


def _move(row: Row[Service, Price, Price]) -> Move:
    service, old, new = row
    after = max(service.price - old.amount + new.amount, Money.zero(service.currency))
    return Move(service.id, service.client_id, service.label, old.id, new.id, service.price, after)


def _apply(uow: UnitOfWork, move: Move) -> bool:
    """One conditional UPDATE: a service that was changed meanwhile (an upgrade, another run) is left as it is."""
    done = uow.session.execute(
        update(Service)
        .where(
            Service.id == move.service_id,
            Service.price_id == move.old_price_id,
            Service.price_minor == move.before.minor,
        )
        .values(price_id=move.price_id, price_minor=move.after.minor)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    audit.record(
        uow,
        "service.reprice",
        "service",
        move.service_id,
        client_id=move.client_id,
        before={"price": str(move.before), "price_id": move.old_price_id},
        after={"price": str(move.after), "price_id": move.price_id},
    )
    return True
