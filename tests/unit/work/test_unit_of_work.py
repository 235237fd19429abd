"""Units of work: one transaction, events with it, reads that cannot write, a bell after commit."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from ezcore.jobs.models import ScheduledRun
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.kernel.events import Event
from ezcore.work import Work
from tests.fixtures_database import real_time


@dataclass(frozen=True)
class LampLit(Event):
    """Happens in these tests only."""

    number: int


def _slot(uow, slot="1", task="lamp"):
    uow.session.add(ScheduledRun(task=task, slot=slot, started_at=uow.now()))


def _count(work: Work, table=ScheduledRun) -> int:
    with work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(table))


def test_what_was_written_is_there_after_the_block(each_work):
    with each_work.write() as uow:
        _slot(uow)
    assert _count(each_work) == 1


def test_an_error_in_the_block_takes_everything_back_and_rings_nothing(each_work):
    def fail():
        with each_work.write() as uow:
            _slot(uow)
            uow.emit(LampLit(1))
            raise RuntimeError("no light")

    with pytest.raises(RuntimeError):
        fail()
    assert _count(each_work) == 0
    assert _count(each_work, OutboxEvent) == 0
    assert each_work.bell.rings == 0


def test_a_read_cannot_write(each_work):
    def write():
        with each_work.read() as uow:
            _slot(uow)
            uow.session.flush()

    with pytest.raises(DBAPIError):
        write()
    with each_work.write() as uow:  # and the connection is good for writing afterwards
        _slot(uow)
    assert _count(each_work) == 1


def test_an_event_is_committed_with_its_change_and_rings_after_it(each_work):
    with each_work.write() as uow:
        uow.emit(LampLit(7))
        assert each_work.bell.rings == 0
    assert each_work.bell.rings == 1
    with each_work.read() as uow:
        row = uow.session.scalars(select(OutboxEvent)).one()
    assert (row.name, row.payload) == ("LampLit", {"number": 7})


def test_reactions_run_in_the_same_transaction(each_work):
    each_work.dispatch.on(LampLit, lambda uow, event: _slot(uow, slot=str(event.number)))

    def fail():
        with each_work.write() as uow:
            uow.emit(LampLit(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _count(each_work) == 0
    with each_work.write() as uow:
        uow.emit_many([LampLit(2), LampLit(3)])
    assert _count(each_work) == 2


def test_a_silent_bell_does_not_undo_the_work(work):
    def broken():
        raise ConnectionError("no queue")

    quiet = replace(work, bell=broken)
    with quiet.write() as uow:
        uow.ring()
        _slot(uow)
    assert _count(work) == 1


def test_twenty_writers_at_once_lose_no_update(each_work):
    # Read-then-write inside one write transaction would lose updates on a deferred SQLite BEGIN.
    with each_work.write() as uow:
        _slot(uow, slot="0")

    def add_one():
        with each_work.write() as uow:
            number = func.cast(ScheduledRun.slot, ScheduledRun.id.type) + 1
            uow.session.execute(update(ScheduledRun).values(slot=func.cast(number, ScheduledRun.slot.type)))

    threads = [threading.Thread(target=add_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with each_work.read() as uow:
        assert uow.session.scalars(select(ScheduledRun.slot)).one() == "20"


def test_leases_are_measured_by_the_database_clock_and_dates_by_ours(each_work):
    with real_time(each_work).read() as uow:
        apart = abs((uow.database_now() - uow.now()).total_seconds())
        assert uow.database_now().tzinfo is not None
    assert apart > 3600, "the moving clock stands in another month"
    with each_work.read() as uow:
        assert uow.database_now() == uow.now()


def test_today_is_the_day_in_the_shops_time_zone(work):
    work.clock.move_to(work.clock.now().replace(hour=22, minute=30))
    with work.read() as uow:
        assert (uow.today() - uow.now().date()).days == 1  # 00:30 in Tallinn
