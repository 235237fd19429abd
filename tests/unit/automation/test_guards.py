"""What looks wrong is stopped: a wrong date, a run far above the usual, a service billed over and over (H08)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.automation import guards
from ezcore.automation.guards import RunGuard
from ezcore.automation.tasks import run_task, tick
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed
from ezcore.settings import load
from ezcore.settings.section import SettingsError

DUE = date(2027, 2, 21)


def rules(trade, **values):
    settings = trade.work.settings
    trade.work.settings = replace(settings, automation=settings.automation.model_copy(update=values))


def ran_before(trade, *sizes):
    with trade.work.write() as uow:
        for number, size in enumerate(sizes):
            row = ScheduledRun(task="renewals", slot=f"2026-01-{number + 1:02}", started_at=uow.now())
            row.finished_at, row.counts = uow.now(), {"done": size}
            uow.session.add(row)


def three_due(trade):
    for name in ("Ann", "Bob", "Cid"):
        trade.active_service(name)
    trade.go_to(DUE)


def test_H08_a_run_far_above_the_usual_is_refused_and_bills_nothing(trade):
    three_due(trade)
    rules(trade, guard_floor=2, guard_factor=2)
    ran_before(trade, 1, 1, 0, 9)
    with pytest.raises(RunGuard, match="3 services are due, and 1 are usual"):
        run_task(trade.work, "renewals", DUE)
    assert trade.unpaid() == []


@pytest.mark.parametrize(("sizes", "floor"), [((1, 2, 2), 1), ((), 3)])
def test_a_run_within_the_usual_or_below_the_floor_goes_on(trade, sizes, floor):
    three_due(trade)
    rules(trade, guard_floor=floor, guard_factor=2)
    ran_before(trade, *sizes)
    assert run_task(trade.work, "renewals", DUE).done == 3


def test_staff_go_past_the_guard_with_a_reason_that_is_kept(trade):
    three_due(trade)
    rules(trade, guard_floor=1, guard_factor=2)
    with pytest.raises(NotAllowed):
        run_task(trade.work, "renewals", DUE, override="trust me", actor=Actor("staff", name="Guest"))
    boss = Actor("staff", name="Kadri", permissions=frozenset({"settings.manage"}))
    assert run_task(trade.work, "renewals", DUE, override="a big import", actor=boss).done == 3
    with trade.work.read() as uow:
        [row] = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "automation.override"))
        assert (row.actor_name, row.reason) == ("Kadri", "a big import")
        assert "3 services are due" in row.after["guard"]


def test_a_refused_run_of_the_scheduler_is_written_down(trade):
    three_due(trade)
    rules(trade, guard_floor=1, guard_factor=2)
    tick(trade.work)
    with trade.work.read() as uow:
        row = uow.session.scalars(select(ScheduledRun).where(ScheduledRun.task == "renewals")).one()
        assert "the run guard stops above" in row.error
    assert trade.unpaid() == []


def test_a_service_with_many_lines_today_is_billed_no_further_and_the_others_are(trade):
    three_due(trade)
    rules(trade, guard_lines=1)
    trade.work.settings = replace(
        trade.work.settings, billing=trade.work.settings.billing.model_copy(update={"lead_days": 60})
    )
    assert run_task(trade.work, "renewals", DUE).done == 3
    for number in trade.unpaid():
        trade.pay(number)
    again = run_task(trade.work, "renewals", DUE)
    assert again.done == 0
    assert len(again.skipped) == 3
    assert "billed no further" in again.skipped[0]


def test_the_usual_size_leaves_out_runs_that_had_nothing_to_do(trade):
    ran_before(trade, 0, 0, 0, 10, 20, 30)
    with trade.work.read() as uow:
        assert guards.usual_size(uow, "renewals") == 20


def slots_of(trade, task):
    with trade.work.read() as uow:
        query = select(ScheduledRun.slot).where(ScheduledRun.task == task)
        return list(uow.session.scalars(query))


def test_a_task_runs_at_the_time_that_is_set_and_within_its_window(trade):
    # The clock of the trade shows eleven in the morning.
    rules(trade, times="renewals=11:30, reminders=06:00", windows="suspensions=12:00-13:00")
    tick(trade.work)
    assert slots_of(trade, "renewals") == []
    assert slots_of(trade, "suspensions") == []
    assert slots_of(trade, "reminders") == ["2027-01-31"]
    trade.clock.advance(timedelta(minutes=75))
    tick(trade.work)
    assert slots_of(trade, "renewals") == slots_of(trade, "suspensions") == ["2027-01-31"]
    trade.go_to(date(2027, 2, 1))
    trade.clock.advance(timedelta(hours=4))
    tick(trade.work)
    assert slots_of(trade, "suspensions") == ["2027-01-31"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("times", "renewals"),
        ("times", "renewals=25:00"),
        ("windows", "charges=09:00"),
        ("windows", "a=10:00-09:00"),
    ],
)
def test_a_wrong_time_stops_the_start(name, value):
    with pytest.raises(SettingsError, match=f"automation.{name}"):
        load({f"ez.automation.{name}": value}, {})
