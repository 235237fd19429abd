"""One order with name, zone, account, records and certificate: in that order, and as written when a part fails."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.events import InvoicePaid
from ezcore.billing.invoices.models import Invoice
from ezcore.domain_names.zones.models import Zone
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, StaffTask
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.messaging.models import Mail
from ezcore.orders.fulfilment import operations as fulfilment
from ezcore.orders.orders.events import OrderDelivered
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.support.tickets.models import Ticket, TicketMessage
from ezcore.worker import make_engine

WHOLE = [
    "register tamm.com", "create_zone tamm.com", "save_nameservers tamm.com", "toypanel create",
    "change_records tamm.com", "certificates create",
]  # fmt: skip
BROKEN = PermanentFailure("node-seven is not allowed to")


def fail(bundles, part):
    vendor, verb = {
        "register": (bundles.names.registrar, "register"),
        "zone": (bundles.names.dns, "create_zone"),
        "delegate": (bundles.names.registrar, "save_nameservers"),
        "account": (bundles.panel, "create"),
        "records": (bundles.names.dns, "change_records"),
        "certificate": (bundles.authority, "create"),
    }[part]
    vendor.says[verb] = BROKEN
    return lambda: vendor.says.pop(verb)


def ticket(bundles):
    [found] = bundles.all(Ticket)
    return found, [one for one in bundles.all(TicketMessage) if one.ticket_id == found.id]


def test_everything_is_made_in_the_order_of_the_plan(bundles):
    order = bundles.paid()
    assert bundles.states(order)["register"] == "running"
    assert set(bundles.states(order).values()) == {"running", "waiting"}
    bundles.trade.settle()
    assert [one for one in bundles.log if one in WHOLE] == WHOLE
    assert set(bundles.states(order).values()) == {"done"}
    assert bundles.status(order) == "active"
    zone, records = bundles.names.dns.zones["tamm.com"]
    assert bundles.names.registrar.held["tamm.com"].registration.nameservers == zone.nameservers
    held = {(one.name, one.type, one.content) for one in records}
    assert ("tamm.com", "A", "192.0.2.80") in held
    assert ("www.tamm.com", "A", "192.0.2.80") in held
    assert ("tamm.com", "MX", "mail.tamm.com") in held
    assert [one.name for one in bundles.all(OutboxEvent)].count(OrderDelivered.event_name()) == 1
    assert bundles.trade.broken() == []


def test_paying_twice_over_changes_nothing(bundles):
    order = bundles.paid()
    bundles.trade.settle()
    before = list(bundles.log)
    with bundles.trade.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice)).first()
        fulfilment.deliver_paid(uow, [InvoicePaid(invoice.id, invoice.client_id, invoice.total)])
    bundles.trade.settle()
    assert bundles.log == before
    assert set(bundles.states(order).values()) == {"done"}


HELD = {
    "zone": {"register": "done", "zone": "failed", "delegate": "held", "account": "held", "records": "held",
             "certificate": "held"},
    "delegate": {"register": "done", "zone": "done", "delegate": "failed", "account": "held", "records": "held",
                 "certificate": "held"},
    "account": {"register": "done", "zone": "undone", "delegate": "undone", "account": "failed", "records": "held",
                "certificate": "held"},
    "records": {"register": "done", "zone": "done", "delegate": "done", "account": "done", "records": "failed",
                "certificate": "held"},
    "certificate": {"register": "done", "zone": "done", "delegate": "done", "account": "done", "records": "done",
                    "certificate": "failed"},
}  # fmt: skip


@pytest.mark.parametrize("part", HELD)
def test_a_part_that_fails_for_good_parks_the_order_as_written(bundles, part):
    fail(bundles, part)
    order = bundles.paid()
    bundles.trade.settle()
    assert bundles.states(order) == HELD[part]
    assert bundles.status(order) == "pending"
    found, messages = ticket(bundles)
    told = " ".join(one.body for one in messages if not one.internal)
    assert "node-seven" not in told
    assert "tamm.com is registered and stays yours" in told
    assert any("node-seven" in one.body for one in messages if one.internal)
    tasks = [task for task in bundles.all(StaffTask) if task.closed_at is None]
    assert any(
        task.title.startswith(f"Order {order} is parked") and "node-seven" in task.cause for task in tasks
    )
    assert any(mail.subject.startswith(f"[{found.reference}]") for mail in bundles.all(Mail))
    assert "tamm.com" in bundles.names.registrar.held
    assert ("tamm.com" in bundles.names.dns.zones) == (HELD[part]["zone"] == "done")
    assert bundles.trade.broken() == []


def test_a_name_that_cannot_be_registered_starts_nothing(bundles):
    """The module asks first; told to credit, it fails for good."""
    fail(bundles, "register")
    order = bundles.paid()
    bundles.trade.settle()
    assert bundles.states(order)["register"] == "running"
    [job] = [one for one in bundles.all(Job) if one.state == "needs_info"]
    with bundles.trade.work.write() as uow:
        jobs.answer(uow, uow.session.get_one(Job, job.id), "credit")
    bundles.trade.settle()
    states = bundles.states(order)
    assert states.pop("register") == "failed"
    assert set(states.values()) == {"held"}
    assert bundles.panel.held == bundles.authority.held == {}
    assert bundles.names.dns.zones == {}
    assert "stays yours" not in " ".join(one.body for one in ticket(bundles)[1])


@pytest.mark.parametrize("part", HELD)
def test_staff_try_it_again_and_the_order_is_completed(bundles, part):
    mend = fail(bundles, part)
    order = bundles.paid()
    bundles.trade.settle()
    mend()
    number = bundles.stage(order, part).job_id
    with bundles.trade.work.write() as uow:
        jobs.retry(uow, uow.session.get_one(Job, number), "the vendor is well again")
    bundles.trade.settle()
    assert set(bundles.states(order).values()) == {"done"}
    assert bundles.status(order) == "active"
    zone, _ = bundles.names.dns.zones["tamm.com"]
    assert bundles.names.registrar.held["tamm.com"].registration.nameservers == zone.nameservers
    assert [one.closed_at is not None for one in bundles.all(StaffTask)].count(False) == 0
    assert len([zone for zone in bundles.all(Zone) if zone.live_key]) == 1
    assert bundles.trade.broken() == []


def test_staff_did_the_part_by_hand(bundles):
    fail(bundles, "records")
    order = bundles.paid()
    bundles.trade.settle()
    number = bundles.stage(order, "records").job_id
    bundles.names.dns.says.clear()
    with bundles.trade.work.write() as uow:
        jobs.mark_done(uow, uow.session.get_one(Job, number), "written in the panel")
    bundles.trade.settle()
    assert bundles.status(order) == "active"


def test_a_zone_that_a_person_has_written_in_stays(bundles):
    fail(bundles, "account")
    order = bundles.paid()
    engine = make_engine(bundles.trade.shop)
    while not bundles.names.dns.zones:
        assert engine.run_one()
    with bundles.trade.work.write() as uow:
        uow.session.scalars(select(Zone)).one().actions = 1
    bundles.trade.settle()
    assert bundles.states(order)["zone"] == "done"
    assert "tamm.com" in bundles.names.dns.zones


def test_a_service_without_a_bundle_needs_no_stages(bundles):
    ann = bundles.trade.newcomer()
    bundles.trade.pay(bundles.trade.order(ann))
    bundles.trade.settle()
    assert bundles.trade.service(1).state == "active"
    assert bundles.status(1) == "active"
    assert bundles.states(1) == {}


def test_a_retry_while_the_zone_is_still_being_removed_makes_it_anew(bundles):
    mend = fail(bundles, "account")
    order = bundles.paid()
    bundles.names.dns.says["delete_zone"] = OSError("timeout")
    bundles.trade.settle()
    assert bundles.states(order)["zone"] == "undoing"
    mend()
    number = bundles.stage(order, "account").job_id
    with bundles.trade.work.write() as uow:
        jobs.retry(uow, uow.session.get_one(Job, number), "again")
    bundles.trade.settle()
    bundles.names.dns.says.clear()
    for _ in range(8):
        bundles.names.later(hours=1)
    assert set(bundles.states(order).values()) == {"done"}
    assert "tamm.com" in bundles.names.dns.zones
