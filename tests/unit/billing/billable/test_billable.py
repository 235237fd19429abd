"""Billable items: each charge is invoiced once, on its day, whoever runs the billing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ezcore.automation.quotes import bill_items
from ezcore.billing.billable import operations as billable
from ezcore.billing.billable import queries
from ezcore.billing.billable.models import BillableItem
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

HOUR = Money(8000, "EUR")


def add(trade, client_id, **how):
    with trade.work.write() as uow:
        return billable.add(uow, client_id, "Hour", HOUR, **how).id


def due_dates(trade):
    with trade.work.read() as uow:
        rows = uow.session.scalars(select(Invoice).order_by(Invoice.id)).all()
        return [(row.issued_on.isoformat(), row.total.minor) for row in rows]


def run(trade):
    return bill_items(trade.work, trade.today(), False)


@pytest.fixture
def client_id(each_trade):
    return each_trade.newcomer().client_id


def test_now_is_now_and_once(each_trade, client_id):
    add(each_trade, client_id, when="now", quantity=2)
    run(each_trade)
    assert due_dates(each_trade) == [("2027-01-31", 16000)]
    assert each_trade.broken() == []


def test_on_a_date_it_is_invoiced_on_that_day_by_whoever_of_ten_schedulers_is_first(each_trade, client_id):
    add(each_trade, client_id, when="on", on=date(2027, 2, 3))
    run(each_trade)
    assert due_dates(each_trade) == []
    each_trade.go_to(date(2027, 2, 3))
    at_once(10, lambda _: run(each_trade))
    assert due_dates(each_trade) == [("2027-02-03", 8000)]
    assert each_trade.broken() == []


def test_three_months_on_the_31st_keep_their_day(trade):
    client_id = trade.newcomer().client_id
    number = add(trade, client_id, when="on", on=date(2027, 1, 31), cycle="1 month", times=3)
    days = []
    for _ in range(120):
        if run(trade).lines:
            days.append(trade.today().isoformat())
        trade.later(1)
    assert days == ["2027-01-31", "2027-02-28", "2027-03-31"]
    with trade.work.read() as uow:
        item = uow.session.get_one(BillableItem, number)
        assert (item.state, item.left, item.charged) == ("done", 0, 3)


def test_months_that_nobody_billed_are_made_up_on_one_invoice(trade):
    client_id = trade.newcomer().client_id
    add(trade, client_id, when="on", on=date(2027, 1, 31), cycle="1 month", times=None)
    trade.go_to(date(2027, 4, 1))
    run(trade)
    assert due_dates(trade) == [("2027-04-01", 24000)]


def test_what_waits_for_the_next_invoice_goes_with_it_and_only_once(each_trade, client_id):
    add(each_trade, client_id)
    run(each_trade)
    assert due_dates(each_trade) == []

    def ride(_):
        with each_trade.work.write() as uow:
            lines = queries.extra_lines(uow, [client_id], uow.today()).get(client_id, [])
            if not lines:
                return None
            invoice = invoices.issue(uow, client_id, "EUR", lines, due_on=uow.today())
            billable.mark_invoiced(uow, [(line, invoice.id) for line in lines])
            return invoice.number

    done = at_once(8, ride)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert {type(one) for one in done} <= {str, type(None), IntegrityError}
    assert due_dates(each_trade) == [("2027-01-31", 8000)]


def test_what_was_stopped_is_not_invoiced(trade):
    client_id = trade.newcomer().client_id
    number = add(trade, client_id, when="on", on=trade.today(), cycle="1 month", times=None)
    run(trade)
    with trade.work.write() as uow:
        billable.stop(uow, uow.session.get_one(BillableItem, number))
    trade.later(60)
    run(trade)
    assert len(due_dates(trade)) == 1


@pytest.mark.parametrize(
    ("field", "how"),
    [
        ("quantity", {"quantity": 0}),
        ("quantity", {"quantity": 10**9}),
        ("times", {"times": 0}),
        ("on", {"when": "on"}),
        ("on", {"when": "on", "on": date(2020, 1, 1)}),
        ("cycle", {"cycle": "every now and then"}),
    ],
)
def test_bad_input_names_its_field(trade, field, how):
    client_id = trade.newcomer().client_id
    with pytest.raises(InvalidInput) as caught:
        add(trade, client_id, **how)
    assert caught.value.field == field


def test_only_billing_staff_and_only_for_clients_there_are(trade):
    ann = trade.newcomer()
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        billable.add(uow, ann.client_id, "Gift", HOUR)
    with pytest.raises(NotFound):
        add(trade, 4711)
