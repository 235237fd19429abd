"""An old backup is suspected, and then nobody is charged and nothing is created until a person says go on (I45)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from ezcore.automation import old_backup
from ezcore.automation.old_backup import FILE, suspicion, watch
from ezcore.automation.tasks import run_task, tick
from ezcore.jobs.hold import OnHold, Seen, held, resume
from ezcore.jobs.models import Installation, Job, ScheduledRun, StaffTask
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOURS = timedelta(hours=1)


@pytest.fixture
def shop(each_trade):
    """A shop whose time is real: only there old backups are looked for."""
    each_trade.shop.work.virtual_time = False
    return each_trade


def back_to(trade, moment):
    """The database is what it was then; the file on this machine is not."""
    with trade.work.write() as uow:
        uow.session.execute(update(Installation).values(seen_at=moment))


def test_a_shop_that_lives_is_never_held(shop):
    for _ in range(3):
        assert watch(shop.work)
        shop.clock.advance(timedelta(days=2))


def test_a_restored_backup_is_held_and_staff_are_asked_once(shop):
    assert watch(shop.work)
    then = shop.clock.now()
    shop.clock.advance(timedelta(days=1))
    assert watch(shop.work)
    back_to(shop, then)
    assert not watch(shop.work)
    assert not watch(shop.work)
    with shop.work.read() as uow:
        assert "remembers less" in held(uow).held_why
        assert len(uow.session.scalars(select(StaffTask)).all()) == 1


def test_money_and_machines_wait_while_it_is_held_and_go_on_when_a_person_says_so(shop):
    invoice = shop.order(shop.newcomer("Ann"))
    assert watch(shop.work)
    shop.pay(invoice)
    back_to(shop, shop.clock.now() - timedelta(days=1))
    with pytest.raises(OnHold, match="ez resume"):
        (tick(shop.work), run_task(shop.work, "renewals", shop.today()))
    shop.settle()
    with shop.work.read() as uow:
        waiting = uow.session.scalars(select(Job).where(Job.kind == "services.create")).one()
        assert (waiting.state, waiting.attempts) == ("queued", 0)
        assert set(uow.session.scalars(select(ScheduledRun.task))) == {"seal", "books"}
    boss = Actor("staff", name="Kadri", permissions=frozenset({"settings.manage"}))
    with shop.work.write(boss) as uow:
        resume(uow, "compared with the bank")
    old_backup.accept(shop.work)
    assert watch(shop.work)
    shop.settle()
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Job).where(Job.kind == "services.create")).one().state == "complete"
        assert all(task.closed_at for task in uow.session.scalars(select(StaffTask)))


def test_who_goes_on_says_why_and_may(shop):
    assert watch(shop.work)
    back_to(shop, shop.clock.now() - HOURS)
    assert not watch(shop.work)
    with pytest.raises(NotAllowed), shop.work.write(Actor("staff", name="Guest")) as uow:
        resume(uow, "why not")
    with pytest.raises(InvalidInput), shop.work.write() as uow:
        resume(uow, "  ")
    with shop.work.write() as uow:
        resume(uow, "looked")
    with pytest.raises(Refused, match="nothing is held"), shop.work.write() as uow:
        resume(uow, "again")


def test_a_database_that_lost_a_payment_is_held_whatever_its_clock_says(shop):
    shop.active_service("Ann")
    assert watch(shop.work)
    file = shop.work.settings.state_dir / FILE
    content = json.loads(file.read_text())
    content["marks"]["journal"] += 1
    file.write_text(json.dumps(content))
    shop.clock.advance(HOURS)
    assert not watch(shop.work)
    with shop.work.read() as uow:
        assert "gone back: journal from" in held(uow).held_why


def test_a_dump_on_another_machine_is_held(shop, tmp_path):
    assert watch(shop.work)
    shop.work.settings = replace(shop.work.settings, state_dir=tmp_path / "elsewhere")
    shop.clock.advance(HOURS)
    assert watch(shop.work)  # moved while it stood still for an hour
    shop.work.settings = replace(shop.work.settings, state_dir=tmp_path / "third")
    shop.clock.advance(timedelta(days=1))
    assert not watch(shop.work)


def test_a_file_that_cannot_be_read_stops_the_tick_and_not_silently(shop):
    assert watch(shop.work)
    (shop.work.settings.state_dir / FILE).write_text("{")
    with pytest.raises(Exception, match="cannot be read"):
        watch(shop.work)


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 48)), min_size=2, max_size=12
    ),
    to=st.integers(0, 10),
)
def test_going_back_is_always_seen_and_going_on_never(steps, to):
    now, marks, history = NOON, {"journal": 0, "payment": 0}, []
    for journals, payments, hours in steps:
        now += timedelta(hours=hours, minutes=1)
        marks = {"journal": marks["journal"] + journals, "payment": marks["payment"] + payments}
        if history:
            assert suspicion(history[-1], history[-1], marks, now - 6 * HOURS) is None
        history.append(Seen("shop", now, marks))
    old = history[min(to, len(history) - 2)]
    assert suspicion(history[-1], old, old.marks, now - 6 * HOURS) is not None


def test_another_shop_s_file_is_noticed():
    here, there = Seen("a", NOON, {}), Seen("b", NOON, {})
    assert "another shop" in suspicion(here, there, {}, NOON - HOURS)
    assert "does not know" in suspicion(here, None, {"journal": 1}, NOON)
    assert suspicion(here, None, {"journal": 0}, NOON) is None
    assert suspicion(None, None, {"journal": 5}, NOON) is None
