"""Two members of staff do the same to the same rows at once, on both databases: each effect is there once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import SYSTEM
from ezcore.messaging.models import Mail
from ezcore.orders.orders.models import Order
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.operations import NewTicket
from ezcore.web.admin.bulk.invoices import INVOICES
from ezcore.web.admin.bulk.orders import ORDERS
from ezcore.web.admin.bulk.running import run
from ezcore.web.admin.bulk.services import SERVICES
from ezcore.web.admin.bulk.tickets import TICKETS
from tests.fixtures_trade import at_once


def both(trade, noun, key, numbers):
    """What two get to see who press the same button; one of them has ticked from below."""
    with trade.work.read() as uow:
        act = next(one for one in noun.acts(uow) if one.key == key)
    orders = (numbers, numbers[::-1])
    return at_once(2, lambda turn: run(trade.work, SYSTEM, act, orders[turn], "tidying up"))


def audited(trade, verb):
    with trade.work.read() as uow:
        return uow.session.scalar(select(func.count()).where(AuditRow.verb == verb))


@pytest.mark.parametrize(
    ("key", "verb"), [("cancel", "invoice.cancel"), ("write_off", "invoice.write_off"), ("remind", "invoice.remind")]
)  # fmt: skip
def test_two_who_act_on_the_same_invoices_have_one_effect_per_invoice(each_trade, key, verb):
    ann = each_trade.newcomer()
    numbers = [each_trade.order(ann) for _ in range(6)]
    outcomes = both(each_trade, INVOICES, key, numbers)
    assert sorted(n for one in outcomes for n in one.done) == numbers
    assert audited(each_trade, verb) == len(numbers)
    with each_trade.work.read() as uow:
        reminded = uow.session.scalar(select(func.count()).where(Mail.key.like("invoice:%:remind:%")))
    assert reminded == (len(numbers) if key == "remind" else 0)
    assert each_trade.broken() == []


@pytest.mark.parametrize(
    ("key", "verb"), [("state:closed", "ticket.close"), ("priority:high", "ticket.change")]
)
def test_two_who_act_on_the_same_tickets_have_one_effect_per_ticket(each_trade, key, verb):
    ann = each_trade.newcomer()
    with each_trade.work.write() as uow:
        numbers = [
            tickets.open_ticket(uow, NewTicket(ann.client_id, "help", f"Question {n}", "Please")).id
            for n in range(6)
        ]
    outcomes = both(each_trade, TICKETS, key, numbers)
    assert sorted(n for one in outcomes for n in one.done) == numbers
    assert sorted(n for one in outcomes for n in one.same) == numbers
    assert audited(each_trade, verb) == len(numbers)


def test_two_who_suspend_the_same_services_queue_one_job_per_service(each_trade):
    numbers = [each_trade.active_service(f"Client{n}") for n in range(4)]
    outcomes = both(each_trade, SERVICES, "suspend", numbers)
    assert sorted(n for one in outcomes for n in one.done) == numbers
    assert audited(each_trade, "service.request_suspend") == len(numbers)
    each_trade.settle()
    assert {each_trade.service(n).state for n in numbers} == {"suspended"}


@pytest.mark.parametrize("key", ["hold", "cancel"])
def test_two_who_decide_about_the_same_orders_decide_once(each_trade, key):
    ann = each_trade.newcomer()
    for _ in range(4):
        each_trade.order(ann)
    with each_trade.work.read() as uow:
        numbers = list(uow.session.scalars(select(Order.id).order_by(Order.id)))
    outcomes = both(each_trade, ORDERS, key, numbers)
    assert sorted(n for one in outcomes for n in one.done) == numbers
    assert audited(each_trade, f"order.{key}") == len(numbers)
    assert each_trade.broken() == []
