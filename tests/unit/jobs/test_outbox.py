"""The outbox: every event reaches every subscriber at least once; one that fails holds up nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ezcore.jobs.outbox.models import OutboxDelivery, OutboxEvent
from ezcore.jobs.outbox.operations import anything_to_hand, relay
from ezcore.kernel import crashpoint as crashes
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.kernel.events import Event


@dataclass(frozen=True)
class BulbSold(Event):
    """Happens in these tests only."""

    number: int


class Ear:
    """A subscriber that remembers, and fails as often as it is told to."""

    def __init__(self, fails=0):
        self.heard, self.fails = [], fails

    def __call__(self, _work, event, outbox_id):
        if self.fails:
            self.fails -= 1
            raise RuntimeError("not now")
        self.heard.append((event.number, outbox_id))


def _sell(work, *numbers):
    with work.write() as uow:
        uow.emit_many([BulbSold(number) for number in numbers])


def _numbers(ear):
    return [number for number, _ in ear.heard]


def test_every_subscriber_hears_every_event_once(each_work):
    one, two = Ear(), Ear()
    _sell(each_work, 1, 2)
    assert relay(each_work, {"one": one, "two": two}) == 2
    assert relay(each_work, {"one": one, "two": two}) == 0
    assert _numbers(one) == _numbers(two) == [1, 2]
    assert one.heard == two.heard, "both are given the same outbox id to deduplicate by"


def test_what_was_rolled_back_is_never_heard(work):
    def fail():
        with work.write() as uow:
            uow.emit(BulbSold(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert relay(work, {"one": Ear()}) == 0


def test_a_subscriber_that_fails_is_tried_again_by_itself(each_work):
    good, bad = Ear(), Ear(fails=2)
    ears = {"bad": bad, "good": good}
    _sell(each_work, 1)
    relay(each_work, ears)
    assert (_numbers(good), _numbers(bad)) == ([1], [])
    assert relay(each_work, ears) == 0, "not before its time"
    for seconds in (10, 60):
        each_work.clock.advance(timedelta(seconds=seconds))
        with each_work.read() as uow:
            assert anything_to_hand(uow)
        assert relay(each_work, ears) == 1
    assert (_numbers(good), _numbers(bad)) == ([1], [1])
    with each_work.read() as uow:
        row = uow.session.scalars(select(OutboxDelivery)).one()
        assert (row.subscriber, row.failures, row.done_at is not None) == ("bad", 2, True)
        assert not anything_to_hand(uow)


def test_a_delivery_of_a_missing_plugin_waits_for_it_and_keeps_nobody_busy(work):
    _sell(work, 1)
    relay(work, {"plugin": Ear(fails=1)})
    work.clock.advance(timedelta(minutes=1))
    assert relay(work, {}) == 0
    back = Ear()
    assert relay(work, {"plugin": back}) == 1
    assert _numbers(back) == [1]


def test_an_event_that_no_code_knows_holds_up_nobody_and_is_not_lost(work):
    _sell(work, 1, 2)
    with work.write() as uow:
        uow.session.execute(update(OutboxEvent).where(OutboxEvent.id == 1).values(name="FromAPluginThatLeft"))
    ear = Ear()
    relay(work, {"one": ear})
    assert _numbers(ear) == [2]
    with work.write() as uow:
        assert "UnknownEvent" in uow.session.scalars(select(OutboxDelivery)).one().error
        uow.session.execute(update(OutboxEvent).where(OutboxEvent.id == 1).values(name="BulbSold"))
    work.clock.advance(timedelta(seconds=10))
    relay(work, {"one": ear})
    assert _numbers(ear) == [2, 1]


def test_a_relay_that_dies_leaves_its_batch_to_the_next_one(each_work, monkeypatch):
    def crash(name):
        raise SimulatedCrash(name)

    monkeypatch.setenv("EZ_CRASH", "outbox.delivered")
    monkeypatch.setattr(crashes, "on_crash", crash)
    crashes._passed.clear()
    ear = Ear()
    _sell(each_work, 1, 2)
    with pytest.raises(SimulatedCrash):
        relay(each_work, {"one": ear})
    monkeypatch.delenv("EZ_CRASH")
    assert relay(each_work, {"one": ear}) == 0, "the claim still holds"
    each_work.clock.advance(timedelta(seconds=61))
    relay(each_work, {"one": ear})
    assert _numbers(ear) == [1, 1, 2], "at least once, with the same id each time"
    assert len(set(ear.heard)) == 2


def test_an_id_that_commits_late_is_not_skipped(each_work):
    _sell(each_work, 5)
    ear = Ear()
    relay(each_work, {"one": ear})
    with each_work.write() as uow:  # a transaction that took its number first and commits last
        uow.session.add(OutboxEvent(id=-1, name="BulbSold", payload={"number": 4}, at=uow.now()))
    relay(each_work, {"one": ear})
    assert _numbers(ear) == [5, 4]


def test_two_relays_do_not_share_a_batch(each_work):
    ear = Ear()

    def greedy(work, event, outbox_id):
        assert relay(work, {"one": ear}) == 0, "another relay meanwhile"
        ear(work, event, outbox_id)

    _sell(each_work, *range(10))
    relay(each_work, {"one": greedy})
    assert _numbers(ear) == list(range(10))
