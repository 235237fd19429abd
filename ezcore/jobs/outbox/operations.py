"""Write events to the outbox and relay them to subscribers after commit, at least once each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Table, bindparam, insert, or_, select, update

from ezcore.db.bulk import insert_rows
from ezcore.db.types import UtcDateTime
from ezcore.jobs.outbox.models import OutboxDelivery, OutboxEvent
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.events import EVENTS, Event
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

Subscriber = Callable[[Work, Event, int], None]
"""Called with the event and its outbox id (a natural deduplication key)."""

BATCH = 50
CLAIM_SECONDS = 60
COLUMNS = ("name", "payload", "actor_name", "at")
MANY = 20  # from here on a bulk statement is the cheaper one
RETRY_SECONDS = (10, 60, 300, 1800, 3600)


class UnknownEvent(Exception):
    """No code of this release knows an event of this name, or it cannot be read: a plugin may be missing."""


def store(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Write one row per event, in this transaction, and ask for the bell."""
    now = uow.now()
    rows = [(event.event_name(), event.to_json(), uow.actor.name, now) for event in events]
    if not rows:
        return
    if len(rows) >= MANY:
        insert_rows(uow.session, OutboxEvent, COLUMNS, rows)
    else:
        uow.session.execute(insert(OutboxEvent), [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    uow.ring()


def relay(work: Work, subscribers: Mapping[str, Subscriber]) -> int:
    """Hand one batch of waiting events to every subscriber; returns how many deliveries were worked on.

    A process that dies in here leaves its claim to run out; the batch is then handed again (at least once).
    """
    rows = _claim(work)
    for row in rows:
        for name, subscriber in subscribers.items():
            _deliver(work, row, name, subscriber)
        crashpoint("outbox.delivered")
        with work.write() as uow:
            uow.session.execute(_HANDED, {"its_id": row.id, "handed_at": uow.database_now()})
    return len(rows) + _retry_failed(work, subscribers)


def anything_to_hand(uow: UnitOfWork) -> bool:
    """Does an event wait, or a failed delivery whose time has come? Asked by the sweep."""
    return _any_waiting(uow) or bool(_due_again(uow, limit=1))


def _claim(work: Work) -> Sequence[OutboxEvent]:
    with work.read() as look:
        if not _any_waiting(look):
            return ()
    with work.write() as uow:
        now = uow.database_now()
        rows = uow.session.scalars(_BEST, {"now": now}).all()
        for row in rows:
            row.claimed_until = now + timedelta(seconds=CLAIM_SECONDS)
        return rows


def _any_waiting(uow: UnitOfWork) -> bool:
    return uow.session.execute(_ANY, {"now": uow.database_now()}).first() is not None


def _deliver(work: Work, row: OutboxEvent, name: str, subscriber: Subscriber) -> bool:
    try:
        subscriber(work, _event(row), row.id)
    except Exception as error:
        log.exception("subscriber %s failed on %s #%s", name, row.name, row.id)
        with work.write() as uow:
            _note_failure(uow, row.id, name, error)
        return False
    return True


def _event(row: OutboxEvent) -> Event:
    known = EVENTS.get(row.name)
    if known is None:
        raise UnknownEvent(row.name)
    try:
        return known.from_json(row.payload)
    except InvalidInput as error:
        raise UnknownEvent(str(error)) from error


def _note_failure(uow: UnitOfWork, event_id: int, name: str, error: Exception) -> None:
    row = uow.session.scalars(
        select(OutboxDelivery).where(OutboxDelivery.event_id == event_id, OutboxDelivery.subscriber == name)
    ).first()
    if row is None:
        row = OutboxDelivery(event_id=event_id, subscriber=name, failures=0, error="")
        uow.session.add(row)
    row.failures += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    row.done_at = None
    wait = RETRY_SECONDS[min(row.failures, len(RETRY_SECONDS)) - 1]
    row.next_at = uow.database_now() + timedelta(seconds=wait)


def _due_again(
    uow: UnitOfWork, names: Sequence[str] | None = None, limit: int = BATCH
) -> Sequence[OutboxDelivery]:
    now = uow.database_now()
    if uow.session.execute(_ANY_AGAIN, {"now": now}).first() is None:
        return ()
    due = select(OutboxDelivery).where(OutboxDelivery.done_at.is_(None), OutboxDelivery.next_at <= now)
    if names is not None:
        due = due.where(OutboxDelivery.subscriber.in_(names))
    return uow.session.scalars(due.order_by(OutboxDelivery.id).limit(limit)).all()


def _retry_failed(work: Work, subscribers: Mapping[str, Subscriber]) -> int:
    """Failed deliveries of subscribers that are here; those of a missing plugin wait for it."""
    with work.read() as look:
        if not _due_again(look, list(subscribers), limit=1):
            return 0
    with work.write() as uow:
        due = _due_again(uow, list(subscribers))
        mine = [(row, uow.session.get_one(OutboxEvent, row.event_id)) for row in due if _take(uow, row)]
    for delivery, event in mine:
        if _deliver(work, event, delivery.subscriber, subscribers[delivery.subscriber]):
            with work.write() as uow:
                done = update(OutboxDelivery).where(OutboxDelivery.id == delivery.id)
                uow.session.execute(done.values(done_at=uow.database_now()))
    return len(mine)


def _take(uow: UnitOfWork, row: OutboxDelivery) -> bool:
    """Move its next time out of the way of other relays; only one of them succeeds."""
    until = uow.database_now() + timedelta(seconds=CLAIM_SECONDS)
    taken = uow.session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.id == row.id, OutboxDelivery.next_at == row.next_at)
        .values(next_at=until)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


# Asked at every bell and for every event: built once, since building a statement costs more than running it.
_NOW = bindparam("now", type_=UtcDateTime())
_WAITING = (
    OutboxEvent.handed_at.is_(None),
    or_(OutboxEvent.claimed_until.is_(None), OutboxEvent.claimed_until < _NOW),
)
_ANY = select(OutboxEvent.id).where(*_WAITING).limit(1)
_BEST = (
    select(OutboxEvent)
    .where(*_WAITING)
    .order_by(OutboxEvent.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_ANY_AGAIN = (
    select(OutboxDelivery.id).where(OutboxDelivery.done_at.is_(None), OutboxDelivery.next_at <= _NOW).limit(1)
)
_TABLE = OutboxEvent.__table__
assert isinstance(_TABLE, Table)
_HANDED = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("its_id"))
    .values(handed_at=bindparam("handed_at"), claimed_until=None)
)
