"""Two at once, on both databases: one effect each. Those of credit, codes, stock, payments and refunds stand with
their operations under tests/unit (H06, B049, I29, H03, I08); here are numbers and whole billing runs."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from threading import Barrier

from sqlalchemy import func, select

from ezcore.automation import tasks
from ezcore.automation.tasks import TASKS, run_task, tick
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.billing.invoices.rules import LineDraft
from ezcore.jobs.models import ScheduledRun
from ezcore.jobs.schedule import free_slots
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

SIX = Money(600, "EUR")
DUE = date(2027, 2, 21)


class Oops(Exception):
    """A clerk's transaction that does not come to its end."""


def test_H09_sixteen_times_twenty_invoices_are_unique_gapless_and_in_the_order_of_issue(each_trade):
    """Three in ten are rolled back after they had their number; whoever issues later has the higher number."""
    client_id = each_trade.newcomer().client_id
    dice = random.Random(9)
    fates = [[dice.random() < 0.3 for _ in range(20)] for _ in range(16)]
    rising = [[] for _ in range(16)]

    def issue(fails):
        with each_trade.work.write() as uow:
            made = invoices.issue(uow, client_id, "EUR", [LineDraft("Work", SIX)], due_on=uow.today())
            if fails:
                raise Oops
            return made.number

    def clerk(turn):
        for fails in fates[turn]:
            try:
                rising[turn].append(issue(fails))
            except Oops:
                assert fails

    assert at_once(16, clerk) == [None] * 16
    wanted = sum(not fails for row in fates for fails in row)
    with each_trade.work.read() as uow:
        numbers = list(uow.session.scalars(select(Invoice.number).order_by(Invoice.number)))
    assert numbers == [f"2027-{number:05d}" for number in range(1, wanted + 1)]
    # What one clerk issued later has the higher number: a number is taken when its invoice is kept, not before.
    assert [row for row in rising if row != sorted(row)] == []
    assert each_trade.broken() == []


def services(trade, count):
    """So many services of as many clients, paid for the first month."""
    for turn in range(count):
        trade.pay(trade.order(trade.newcomer(f"Client{turn}")))
    trade.settle()


def test_H10_two_schedulers_in_the_same_minute_bill_fifty_services_once(each_trade, monkeypatch):
    task, ran = TASKS["renewals"], []

    def counted(*args):
        ran.append(args)
        return task.function(*args)

    monkeypatch.setitem(TASKS, "renewals", replace(task, function=counted))
    # Both have looked, and seen a free slot, before either takes it.
    both_looked = Barrier(2, timeout=60)

    def looked(*args):
        found = free_slots(*args)
        both_looked.wait()
        return found

    monkeypatch.setattr(tasks, "free_slots", looked)
    services(each_trade, 50)
    each_trade.go_to(DUE)
    assert at_once(2, lambda _: tick(each_trade.work)) == [None, None]
    assert (len(ran), len(each_trade.unpaid())) == (1, 50)
    with each_trade.work.read() as uow:
        runs = select(func.count()).select_from(ScheduledRun).where(ScheduledRun.task == "renewals")
        assert uow.session.scalar(runs) == 1
    assert each_trade.broken() == []


def test_two_billing_runs_at_once_by_hand_are_one_run(each_trade):
    """Past the schedule, as two people with a terminal: every period is on one line of one invoice."""
    services(each_trade, 12)
    each_trade.go_to(DUE)
    done = at_once(4, lambda _: run_task(each_trade.work, "renewals", DUE))
    assert [one for one in done if isinstance(one, Exception)] == []
    with each_trade.work.read() as uow:
        lines = uow.session.execute(
            select(InvoiceLine.service_id, InvoiceLine.period_start, func.count())
            .where(InvoiceLine.period_start >= date(2027, 2, 1))
            .group_by(InvoiceLine.service_id, InvoiceLine.period_start)
        ).all()
    assert sorted(count for *_, count in lines) == [1] * 12
    assert len(each_trade.unpaid()) == 12
    assert each_trade.broken() == []
