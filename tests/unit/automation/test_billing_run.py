"""The billing run as one piece: what goes together, what a promotion takes off, and what breaks alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ezcore.automation import due, renewals
from ezcore.automation.run import Outcome
from ezcore.billing.billable.models import BillableItem
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.catalog.promotions.models import Promotion
from ezcore.jobs.models import StaffTask
from ezcore.services.services.models import Service
from tests.fixtures_trade import at_once
from tests.unit.automation.chains import more_services

END = date(2027, 2, 28)  # services begin on 31 January


def changed(trade, service, **values):
    with trade.work.write() as uow:
        row = uow.session.get_one(Service, service)
        for name, value in values.items():
            setattr(row, name, value)


def setting(trade, **values):
    settings = trade.work.settings
    trade.work.settings = replace(settings, billing=settings.billing.model_copy(update=values))


def lines_of(trade, invoice):
    with trade.work.read() as uow:
        rows = uow.session.scalars(
            select(InvoiceLine).where(InvoiceLine.invoice_id == invoice).order_by(InvoiceLine.position)
        )
        return [(row.kind, row.service_id, row.amount_minor) for row in rows]


def run_at(trade, day=END - timedelta(days=7)):
    trade.go_to(day)
    return trade.run("renewals")


def test_what_a_client_owes_for_one_day_is_one_invoice_with_add_ons_beside_their_parent(each_trade):
    first = each_trade.active_service("Ann")
    [second] = more_services(each_trade, first, 1)
    [addon] = more_services(each_trade, first, 1, parent_id=first, label="backup", price_minor=100)
    [later] = more_services(
        each_trade, first, 1, billed_until=END + timedelta(days=1), paid_until=END + timedelta(days=1)
    )
    bob = each_trade.active_service("Bob")
    price = each_trade.service(first).price_minor
    run_at(each_trade, END - timedelta(days=6))
    one, next_day, of_bob = each_trade.unpaid()
    assert lines_of(each_trade, one) == [
        ("period", first, price),
        ("period", addon, 100),
        ("period", second, price),
    ]
    assert lines_of(each_trade, next_day) == [("period", later, price)]
    assert lines_of(each_trade, of_bob) == [("period", bob, price)]
    each_trade.pay(one)
    assert {each_trade.service(s).paid_until for s in (first, second, addon)} == {date(2027, 3, 31)}
    assert each_trade.broken() == []


@pytest.mark.parametrize("who", ["shop", "client"])
def test_separate_invoices_where_shop_or_client_want_them(trade, who):
    first = trade.active_service("Ann")
    more_services(trade, first, 1)
    if who == "shop":
        setting(trade, consolidate=False)
    else:
        from ezcore.accounts.models import Client

        with trade.work.write() as uow:
            uow.session.get_one(Client, trade.service(first).client_id).separate_invoices = True
    run_at(trade)
    assert len(trade.unpaid()) == 2


def test_a_cycle_may_have_its_own_lead_time(trade):
    trade.active_service("Ann")
    setting(trade, lead_days_by_cycle="1 month=3, 1 year=30")
    assert run_at(trade, END - timedelta(days=4)).lines == []
    assert run_at(trade, END - timedelta(days=3)).done == 1


def test_a_day_set_by_staff_replaces_the_lead_time_once(trade):
    early, late = trade.active_service("Ann"), trade.active_service("Bob")
    changed(trade, early, override_invoice_on=END - timedelta(days=20))
    changed(trade, late, override_invoice_on=END - timedelta(days=2))
    assert run_at(trade, END - timedelta(days=20)).done == 1
    assert run_at(trade, END - timedelta(days=3)).done == 0
    assert run_at(trade, END - timedelta(days=2)).done == 1
    assert trade.service(early).override_invoice_on is None
    assert trade.service(late).override_invoice_on is None


def promotion(trade, **terms):
    with trade.work.write() as uow:
        row = Promotion(
            code="SPRING", created_at=uow.now(), kind="percent", percent_ppm=200_000, used=0, **terms
        )
        uow.session.add(row)
        uow.session.flush()
        return row.id


def test_a_promotion_cuts_so_many_renewals_and_no_more(each_trade):
    service = each_trade.active_service("Ann")
    # 20 % of 4.99 is 0.998, rounded half up to 1.00.
    changed(each_trade, service, price_minor=499, promotion_id=promotion(each_trade), promotion_left=2)
    found = []
    for day in (date(2027, 2, 21), date(2027, 3, 24), date(2027, 4, 23)):
        run_at(each_trade, day)
        [invoice] = each_trade.unpaid()
        found.append([amount for _, _, amount in lines_of(each_trade, invoice)])
        each_trade.pay(invoice)
    assert found == [[499, -100], [499, -100], [499]]
    assert each_trade.service(service).promotion_left == 0
    assert each_trade.broken() == []


def test_a_promotion_without_end_is_never_used_up(trade):
    service = trade.active_service("Ann")
    changed(trade, service, price_minor=1000, promotion_id=promotion(trade), promotion_left=None)
    run_at(trade)
    assert [a for _, _, a in lines_of(trade, trade.unpaid()[0])] == [1000, -200]
    assert trade.service(service).promotion_left is None


def test_what_waits_for_the_next_invoice_is_on_it_once(each_trade):
    service = each_trade.active_service("Ann")
    client = each_trade.service(service).client_id
    with each_trade.work.write() as uow:
        item = BillableItem(
            client_id=client,
            description="Cable",
            unit_minor=700,
            currency="EUR",
            created_at=uow.now(),
            quantity=2,
        )
        uow.session.add(item)
    run_at(each_trade)
    [invoice] = each_trade.unpaid()
    assert [amount for _, _, amount in lines_of(each_trade, invoice)][1:] == [1400]
    each_trade.pay(invoice)
    run_at(each_trade, date(2027, 3, 24))
    assert len(lines_of(each_trade, each_trade.unpaid()[0])) == 1
    assert each_trade.broken() == []


def test_F34_one_broken_service_of_forty_is_parked_and_asks_staff(each_trade, monkeypatch):
    monkeypatch.setattr(due, "CHUNK", 10)
    first = each_trade.active_service("Ann")
    more_services(each_trade, first, 19)
    bob = each_trade.active_service("Bob")
    more_services(each_trade, bob, 19)
    broken = more_services(each_trade, bob, 1, cycle_name="1 fortnight")[0]
    outcome = run_at(each_trade)
    assert [line.split(":")[0] for line in (*outcome.failed, *outcome.skipped)] == [f"service {broken}"]
    with each_trade.work.read() as uow:
        assert (
            len(uow.session.scalars(select(InvoiceLine).where(InvoiceLine.period_start == END)).all()) == 40
        )
    assert each_trade.service(broken).billed_until == END
    again = each_trade.run("renewals")
    assert (again.done, len([*again.failed, *again.skipped])) == (0, 1)
    changed(each_trade, broken, cycle_name="1 month")
    assert each_trade.run("renewals").done == 1
    assert each_trade.broken() == []


def test_a_service_that_breaks_for_an_unknown_reason_opens_one_task_for_staff(trade):
    service = trade.active_service("Ann")
    changed(trade, service, promotion_id=4711, promotion_left=1)
    outcome = run_at(trade)
    assert outcome.failed == [f"service {service}: KeyError: 4711"]
    assert trade.run("renewals").done == 0
    with trade.work.read() as uow:
        [task] = uow.session.scalars(select(StaffTask)).all()
        assert task.title == f"Service {service} could not be invoiced"


def test_two_runs_at_once_share_the_work_and_bill_nobody_twice(each_trade, monkeypatch):
    monkeypatch.setattr(due, "CHUNK", 5)
    for name in ("Ann", "Bob", "Cid", "Dan", "Eve", "Fay"):
        more_services(each_trade, each_trade.active_service(name), 4)
    each_trade.go_to(END - timedelta(days=7))
    runs = at_once(4, lambda _: renewals.run(each_trade.work, each_trade.today(), preview=False))
    assert not [one for one in runs if isinstance(one, Exception)]
    assert sum(one.done for one in runs) == len(each_trade.unpaid()) == 6
    with each_trade.work.read() as uow:
        numbers = [row.sequence for row in uow.session.scalars(select(Invoice).order_by(Invoice.sequence))]
    assert numbers == list(range(1, 13))
    assert each_trade.broken() == []


def test_a_run_that_dies_between_chunks_is_continued_by_the_next(each_trade, monkeypatch):
    monkeypatch.setattr(due, "CHUNK", 2)
    for name in ("Ann", "Bob", "Cid", "Dan"):
        each_trade.active_service(name)
    each_trade.go_to(END - timedelta(days=7))
    with each_trade.work.read() as uow:
        first, *_ = due.parts(uow, each_trade.today(), 2)
    renewals.BillingRun(each_trade.work, each_trade.today()).bill(first)
    assert len(each_trade.unpaid()) == 2
    assert renewals.run(each_trade.work, each_trade.today(), preview=False).done == 2
    assert each_trade.broken() == []


def test_a_long_run_is_told_by_its_counts():
    outcome = Outcome()
    for number in range(1500):
        outcome.did(f"line {number}", "invoice", number)
    assert (outcome.done, len(outcome.lines), outcome.counts()["done"]) == (1500, 1000, 1500)
    assert outcome.counts()["records"][:2] == [["invoice", "0"], ["invoice", "1"]]
