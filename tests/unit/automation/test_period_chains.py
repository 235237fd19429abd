"""Chains of periods for any start, cycle, pause, change, change of clocks and leap year (I14, I15, I16)."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ezcore.automation.bills import Found, plans
from ezcore.billing.invoices.models import InvoiceLine
from ezcore.kernel.clock import MovingClock
from ezcore.kernel.period import Cycle
from ezcore.services.services.models import Service
from ezcore.services.services.rules import first_period
from tests.unit.automation.chains import more_services

CYCLES = ["1 day", "10 days", "1 week", "2 weeks", "1 month", "3 months", "6 months", "1 year", "2 years"]
ZONES = ["Europe/Tallinn", "America/Santiago", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]
NAMES = Found({1: "Web"})


class Story:
    """One service: it is billed when its time has come, paid sooner or later, changed now and then."""

    def __init__(self, start, cycle, zone, lead):
        end = first_period(start, Cycle.parse(cycle)).end
        self.zone, self.lead = zone, lead
        self.row = SimpleNamespace(
            id=1, client_id=1, currency="EUR", price_minor=100, cycle_name=cycle, anchor_day=start.day, label="x",
            billed_until=end, paid_until=end, product_id=1, tax_class="standard", price_id=None, parent_id=None,
            promotion_id=None, promotion_left=None, choices=[],
        )  # fmt: skip
        self.clock = MovingClock(datetime.combine(start, time(12), UTC))
        self.chain = [(start, end, cycle)]

    @property
    def today(self):
        return self.clock.today(self.zone)

    def scheduler_runs(self):
        """What `is_due` asks of the database, asked of one row; then the run's own arithmetic."""
        row = self.row
        if row.paid_until != row.billed_until or row.billed_until > self.today + timedelta(days=self.lead):
            return
        [plan] = plans([row], NAMES, consolidate=True)
        [(_, end, _, _)] = plan.moves
        [line] = plan.bill.lines
        assert (line.period.start, line.period.end) == (row.billed_until, end)
        assert plan.bill.due_on == row.billed_until
        self.chain.append((row.billed_until, end, row.cycle_name))
        row.billed_until = end

    def is_paid(self):
        self.row.paid_until = self.row.billed_until

    def is_changed(self, cycle, price):
        """Another price from now on; another cycle from the next period on."""
        self.row.price_minor, self.row.cycle_name = price, cycle


events = st.one_of(
    st.tuples(st.just("hours"), st.integers(1, 72)),
    st.tuples(st.just("sleep"), st.integers(1, 900)),
    st.tuples(st.just("run"), st.integers(1, 3)),
    st.tuples(st.just("pay"), st.none()),
    st.tuples(st.just("change"), st.tuples(st.sampled_from(CYCLES), st.integers(0, 10_000))),
)


@settings(max_examples=1200)
@given(
    start=st.dates(date(2023, 12, 1), date(2033, 3, 1)),
    cycle=st.sampled_from(CYCLES),
    zone=st.sampled_from(ZONES),
    lead=st.integers(0, 60),
    story=st.lists(events, min_size=4, max_size=60),
)
def test_I14_I15_I16_chains_are_unbroken_keep_their_day_and_move_by_one_term_per_paid_period(
    start, cycle, zone, lead, story
):
    one = Story(start, cycle, zone, lead)
    for what, value in story:
        before, paid = one.row.billed_until, one.row.paid_until
        periods = len(one.chain)
        if what == "hours":
            one.clock.advance(timedelta(hours=value))
        elif what == "sleep":
            one.clock.advance(timedelta(days=value))  # a pause: nobody runs anything, nobody pays
        elif what == "run":
            for _ in range(value):
                one.scheduler_runs()
        elif what == "pay":
            one.is_paid()
        else:
            one.is_changed(*value)
        assert len(one.chain) - periods in (0, 1)
        assert (one.row.billed_until == before) == (len(one.chain) == periods)
        assert one.row.paid_until in (paid, before)
    for (_, end, _), (following, _, _) in zip(one.chain, one.chain[1:], strict=False):
        assert end == following
    for begins, ends, name in one.chain:
        assert ends == end_of(begins, name, start.day)


def end_of(begins, name, anchor):
    """One term later, counted without the code under test."""
    count, unit = name.split()
    if unit.startswith(("day", "week")):
        return begins + timedelta(days=int(count) * (7 if unit.startswith("week") else 1))
    year, month = begins.year, begins.month + int(count) * (12 if unit.startswith("year") else 1)
    while month > 12:
        year, month = year + 1, month - 12
    return date(year, month, min(anchor, monthrange(year, month)[1]))


@pytest.mark.parametrize("batch", range(2))
def test_the_run_itself_makes_such_chains(trade, batch):
    """Fifty services at a time through the database: any start, any cycle, paid early, late and not."""
    import random

    chance = random.Random(batch)
    pattern = trade.active_service("Ann")
    made = {}
    for number in range(50):
        cycle, start = chance.choice(CYCLES[3:]), date(2026, 1, 1) + timedelta(days=chance.randrange(395))
        end = first_period(start, Cycle.parse(cycle)).end
        [service] = more_services(
            trade, pattern, 1, cycle_name=cycle, anchor_day=start.day, started_on=start, billed_until=end,
            paid_until=end, label=f"s{number}",
        )  # fmt: skip
        made[service] = (start, end, cycle)
    day = trade.today()
    for _ in range(5):
        day += timedelta(days=chance.randrange(1, 75))
        trade.go_to(day)
        for _ in range(chance.randrange(1, 3)):
            trade.run("renewals")
        for invoice in trade.unpaid():
            if chance.random() < 0.8:
                trade.pay(invoice)
        trade.settle()
    with trade.work.read() as uow:
        for service, (start, end, cycle) in made.items():
            reached = end
            rows = uow.session.scalars(
                select(InvoiceLine)
                .where(InvoiceLine.service_id == service)
                .order_by(InvoiceLine.period_start)
            )
            for row in rows:
                assert row.period_start == reached
                reached = end_of(reached, cycle, start.day)
                assert row.period_end == reached
            assert uow.session.get_one(Service, service).billed_until == reached
