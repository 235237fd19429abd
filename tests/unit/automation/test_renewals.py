"""Renewals: every period is invoiced once, none is skipped, and the day of the month is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ezcore.automation import renewals
from ezcore.automation.tasks import TASKS, run_task
from ezcore.billing.invoices.models import InvoiceLine
from ezcore.kernel.errors import EzError, Refused
from ezcore.kernel.period import Cycle
from ezcore.services.services.models import Service
from ezcore.services.services.rules import first_period, next_period
from ezcore.testkit.quiet import NoHooks
from ezcore.work import Work
from tests.fixtures_trade import at_once

CYCLES = st.sampled_from(["1 month", "3 months", "6 months", "1 year", "2 years", "1 week", "10 days"])


def periods(trade, service):
    with trade.work.read() as uow:
        query = (
            select(InvoiceLine).where(InvoiceLine.service_id == service).order_by(InvoiceLine.period_start)
        )
        return [(row.period_start, row.period_end) for row in uow.session.scalars(query)]


def state_of(trade):
    """Everything a run could have changed."""
    with trade.work.read() as uow:
        found = uow.session.connection()
        tables = (
            "invoice",
            "invoice_line",
            "journal",
            "ledger_entry",
            "job",
            "outbox_event",
            "service",
            "audit_row",
        )
        return [found.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id").all() for table in tables]


@given(start=st.dates(date(2024, 1, 1), date(2032, 12, 31)), cycle=CYCLES, count=st.integers(2, 40))
def test_I15_the_chain_of_periods_has_no_hole_no_overlap_and_keeps_its_day(start, cycle, count):
    cycle = Cycle.parse(cycle)
    period = first_period(start, cycle)
    assert period.start == start
    for _ in range(count):
        following = next_period(period.end, cycle, start.day)
        assert following.start == period.end
        if cycle.unit in ("month", "year"):
            last_day = (following.start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(
                days=1
            )
            assert following.start.day == min(start.day, last_day.day)
        period = following


def test_31_january_28_february_31_march(trade):
    service = trade.active_service()
    for day in (date(2027, 2, 21), date(2027, 3, 24), date(2027, 4, 23)):
        trade.go_to(day)
        assert len(trade.run("renewals").lines) == 1
        trade.pay(trade.unpaid()[0])
    ends = [end for _, end in periods(trade, service)]
    assert ends == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]
    assert trade.broken() == []


@pytest.mark.parametrize("pays", ["early", "on the day", "ten days late", "twice"])
def test_I16_when_it_is_paid_moves_nothing_but_the_period_that_was_paid(trade, pays):
    service = trade.active_service()
    for due in (date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)):
        trade.go_to(due - timedelta(days=7))
        trade.run("renewals")
        [number] = trade.unpaid()
        trade.go_to(
            due
            + {"on the day": timedelta(), "ten days late": timedelta(days=10)}.get(pays, -timedelta(days=6))
        )
        trade.pay(number, f"EE{number}")
        if pays == "twice":
            with pytest.raises(EzError):
                trade.pay(number, f"EE{number} again")
        trade.settle()
        assert trade.service(service).paid_until == next_period(due, Cycle.parse("1 month"), 31).end
    assert [end for _, end in periods(trade, service)][-1] == date(2027, 5, 31)
    assert trade.broken() == []


def test_a_week_before_and_not_a_day_earlier(trade):
    trade.active_service()
    trade.go_to(date(2027, 2, 20))
    assert trade.run("renewals").lines == []
    trade.go_to(date(2027, 2, 21))
    assert len(trade.run("renewals").lines) == 1


def test_a_second_run_finds_nothing_to_do(trade):
    trade.active_service()
    trade.go_to(date(2027, 2, 21))
    trade.run("renewals")
    before = state_of(trade)
    assert trade.run("renewals").lines == []
    assert state_of(trade) == before


def test_H10_eight_schedulers_at_once_make_one_invoice_per_service(each_trade):
    for name in ("Ann", "Bob", "Cid", "Dan", "Eve"):
        each_trade.active_service(name)
    each_trade.go_to(date(2027, 2, 21))
    done = at_once(8, lambda _: renewals.run(each_trade.work, each_trade.today(), preview=False))
    assert not [one for one in done if isinstance(one, Exception)]
    assert sum(len(one.lines) for one in done) == 5
    assert len(each_trade.unpaid()) == 5
    assert each_trade.broken() == []


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_preview_changes_nothing(trade, task):
    trade.active_service()
    trade.go_to(date(2027, 2, 21))
    trade.run("renewals")
    trade.go_to(date(2027, 3, 20))
    before = state_of(trade)
    trade.run(task, preview=True)
    assert state_of(trade) == before


def test_a_preview_says_what_the_run_then_does(trade):
    for name in ("Ann", "Bob"):
        trade.active_service(name)
    trade.go_to(date(2027, 2, 21))
    promised = trade.run("renewals", preview=True)
    assert len(promised.lines) == len(trade.run("renewals").lines) == 2


@pytest.mark.parametrize("ahead", [2, 365])
def test_H08_a_money_run_dated_ahead_of_the_clock_on_the_wall_is_refused(trade, ahead):
    work: Work = trade.work
    work.virtual_time = False
    from ezcore.kernel.clock import SystemClock

    today = SystemClock().today("Europe/Tallinn")
    with pytest.raises(Refused, match="run guard"):
        run_task(work, "renewals", today + timedelta(days=ahead))
    run_task(work, "renewals", today + timedelta(days=1))
    run_task(work, "renewals", today + timedelta(days=ahead), preview=True)


def test_who_has_not_paid_this_period_is_not_billed_for_the_next(trade):
    trade.active_service(cycle="1 month")
    trade.go_to(date(2027, 2, 21))
    trade.run("renewals")
    trade.go_to(date(2027, 6, 1))
    assert trade.run("renewals").lines == []
    assert len(trade.unpaid()) == 1


def test_a_scheduler_that_slept_for_weeks_bills_period_by_period(trade):
    service = trade.active_service()
    trade.go_to(date(2027, 5, 1))
    for _ in range(3):
        trade.run("renewals")
        trade.pay(trade.unpaid()[0])
    chain = periods(trade, service)
    assert [start for start, _ in chain[1:]] == [end for _, end in chain[:-1]]
    assert chain[-1][1] == date(2027, 5, 31)
    assert trade.run("renewals").lines == []


@pytest.mark.parametrize("end", ["terminated", "cancelled"])
def test_what_ends_is_not_renewed(trade, end):
    service = trade.active_service()
    with trade.work.write() as uow:
        row = uow.session.get_one(Service, service)
        if end == "cancelled":
            row.cancel_on = row.paid_until
        else:
            row.state = "terminated"
    trade.go_to(date(2027, 2, 25))
    assert trade.run("renewals").lines == []


class NotForAnn(NoHooks):
    """A plugin that stops the invoices of one client."""

    def adjust_invoice_notes(self, invoices):
        if any(draft.client.name == "Ann" for draft in invoices):
            raise Refused("Ann is asleep")
        return [()] * len(invoices)


def test_a_plugin_that_stops_one_invoice_does_not_stop_the_others(each_trade):
    for name in ("Ann", "Bob"):
        each_trade.active_service(name)
    each_trade.go_to(date(2027, 2, 21))
    each_trade.work.hooks = NotForAnn()
    outcome = each_trade.run("renewals")
    assert len(outcome.lines) == 1
    assert outcome.skipped == ["service 1: Ann is asleep"]
    each_trade.work.hooks = NoHooks()
    assert len(each_trade.run("renewals").lines) == 1
    assert each_trade.broken() == []
