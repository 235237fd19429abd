"""Write events to the outbox and relay them to subscribers after commit, at least once each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import insert, select, update

from ezcore.jobs.outbox.models import OutboxDelivery, OutboxEvent
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.events import EVENTS, Event
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

Subscriber = Callable[[Work, Event, int], None]
"""Called with the event and its outbox id (a natural deduplication key)."""

BATCH = 50
CLAIM_SECONDS = 60
RETRY_SECONDS = (10, 60, 300, 1800, 3600)


def store(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Write one row per event, in this transaction, and ask for the bell."""
    rows = [
        {"name": type(e).__name__, "payload": e.to_json(), "actor_name": uow.actor.name, "at": uow.now()}
        for e in events
    ]
    uow.session.execute(insert(OutboxEvent), rows)
    uow.ring()


def relay(work: Work, subscribers: Mapping[str, Subscriber]) -> int:
    """Hand one batch of waiting events to every subscriber; returns how many events were handled.

    A process that dies in here leaves its claim to run out; the batch is then handed again (at least once).
    """
    rows = _claim(work)
    for row in rows:
        event = EVENTS[row.name].from_json(row.payload)
        for name, subscriber in subscribers.items():
            _deliver(work, row.id, event, name, subscriber)
        crashpoint("outbox.delivered")
        with work.write() as uow:
            uow.session.execute(
                update(OutboxEvent)
                .where(OutboxEvent.id == row.id)
                .values(handed_at=uow.database_now(), claimed_until=None)
            )
    return len(rows) + _retry_failed(work, subscribers)


def _claim(work: Work) -> Sequence[OutboxEvent]:
    with work.read() as look:
        if not look.session.execute(_waiting(look).limit(1)).first():
            return ()
    with work.write() as uow:
        rows = uow.session.scalars(
            _waiting(uow).order_by(OutboxEvent.id).limit(BATCH).with_for_update(skip_locked=True)
        ).all()
        until = uow.database_now() + timedelta(seconds=CLAIM_SECONDS)
        for row in rows:
            row.claimed_until = until
        return rows


def _waiting(uow: UnitOfWork):  # type: ignore[no-untyped-def]  # SQLAlchemy's Select type is inferred
    now = uow.database_now()
    free = (OutboxEvent.claimed_until.is_(None)) | (OutboxEvent.claimed_until < now)
    return select(OutboxEvent).where(OutboxEvent.handed_at.is_(None), free)


def _deliver(work: Work, event_id: int, event: Event, name: str, subscriber: Subscriber) -> bool:
    try:
        subscriber(work, event, event_id)
    except Exception as error:
        log.exception("subscriber %s failed on %s #%s", name, type(event).__name__, event_id)
        with work.write() as uow:
            _note_failure(uow, event_id, name, error)
        return False
    return True


def _note_failure(uow: UnitOfWork, event_id: int, name: str, error: Exception) -> None:
    row = uow.session.scalars(
        select(OutboxDelivery).where(OutboxDelivery.event_id == event_id, OutboxDelivery.subscriber == name)
    ).first()
    if row is None:
        row = OutboxDelivery(event_id=event_id, subscriber=name, failures=0, error="")
        uow.session.add(row)
    row.failures += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    wait = RETRY_SECONDS[min(row.failures, len(RETRY_SECONDS)) - 1]
    row.next_at = uow.database_now() + timedelta(seconds=wait)


def _retry_failed(work: Work, subscribers: Mapping[str, Subscriber]) -> int:
    with work.read() as uow:
        due = uow.session.execute(
            select(OutboxDelivery.id, OutboxDelivery.event_id, OutboxDelivery.subscriber).where(
                OutboxDelivery.done_at.is_(None), OutboxDelivery.next_at <= uow.database_now()
            )
        ).all()
        events = {e: uow.session.get_one(OutboxEvent, e) for _, e, _ in due}
    for row_id, event_id, name in due:
        event = EVENTS[events[event_id].name].from_json(events[event_id].payload)
        if name in subscribers and _deliver(work, event_id, event, name, subscribers[name]):
            with work.write() as uow:
                uow.session.execute(
                    update(OutboxDelivery)
                    .where(OutboxDelivery.id == row_id)
                    .values(done_at=uow.database_now())
                )
    return len(due)
