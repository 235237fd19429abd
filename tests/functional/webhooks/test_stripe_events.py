"""Every event that Stripe may send is taken in once, answered 2xx, and applied, ignored or parked; never an error."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest
from ez_stripe import API_VERSION
from ez_stripe.sandbox import clicks
from sqlalchemy import func, select

from ezcore.billing.ledger import operations as ledger
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.inbox.models import WebhookBody, WebhookEvent
from ezcore.jobs.models import Job
from tests.functional.webhooks.letters import event, knock

CONTRACTS = os.environ.get("EZ_CONTRACTS")
RECORDED = sorted(Path(CONTRACTS, "stripe", "events").glob("*.json")) if CONTRACTS else []

# What of them tells nothing that is not told by another; everything else is looked up at Stripe.
NO_NEWS = {
    "charge.failed",
    "charge.succeeded",
    "customer.created",
    "invoice.upcoming",
    "payment_intent.created",
    "setup_intent.setup_failed",
}

# Ours, for where the recorded ones are not: another version, another mode, a thing that is no event.
OWN = {
    "another version": (
        event("payment_intent.succeeded", api_version="2026-08-26.dahlia"),
        "version mismatch",
    ),
    "another mode": (event("payment_intent.succeeded", livemode=True), "mode mismatch"),
    "another object": (event("v1.billing.meter.no_meter_found", object="v2.core.event"), "not an event"),
    "a connected account": (event("payout.paid", account="acct_other"), "connected account"),
}


@pytest.fixture
def quiet(caplog):
    """Nothing worse than a warning was logged."""
    caplog.set_level(logging.WARNING)
    yield
    loud = [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert loud == []


def the_only_row(shop):
    with shop.work.read() as uow:
        [row] = uow.session.scalars(select(WebhookEvent))
        return row


def take_in_twice(shop, web, body):
    statuses = [knock(web, shop, body).status_int for _ in range(2)]
    assert statuses == [200, 200]
    return the_only_row(shop)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.usefixtures("quiet")
def test_what_does_not_fit_is_stored_once_and_parked_with_its_reason(stripe_shop, web, name):
    wanted, reason = OWN[name]
    body = json.dumps(wanted).encode()
    row = take_in_twice(stripe_shop, web, body)
    assert row.state == "parked"
    assert reason in row.reason
    assert (row.external_id, row.kind) == (wanted["id"], wanted["type"])
    with stripe_shop.work.read() as uow:
        assert uow.session.get_one(WebhookBody, row.id).body == body
        assert uow.session.scalar(select(func.count()).select_from(Job)) == 0


def test_the_recorded_events_are_all_here():
    if not CONTRACTS:
        pytest.skip("left out: EZ_CONTRACTS does not say where the recorded events are")
    assert len(RECORDED) == 42


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
@pytest.mark.usefixtures("quiet")
def test_a_recorded_event_of_another_version_is_parked(stripe_shop, web, path):
    row = take_in_twice(stripe_shop, web, path.read_bytes())
    assert row.state == "parked"
    assert "version mismatch" in row.reason
    assert row.kind == json.loads(path.read_bytes())["type"]


def test_every_recorded_event_in_our_version_about_strangers_changes_no_money(town, caplog):
    """Signed, of our version and mode, but about objects that our Stripe does not know."""
    if not CONTRACTS:
        pytest.skip("left out: EZ_CONTRACTS does not say where the recorded events are")
    caplog.set_level(logging.WARNING)
    for path in RECORDED:
        body = json.dumps(json.loads(path.read_bytes()) | {"api_version": API_VERSION}).encode()
        assert [knock(town.web, town.shop, body).status_int for _ in range(2)] == [200, 200]
    town.life.settle()
    with town.shop.work.read() as uow:
        rows = uow.session.scalars(select(WebhookEvent)).all()
        assert ledger.total(uow) == {}
        assert uow.session.scalars(select(Transaction)).all() == []
        assert set(uow.session.scalars(select(Job.state))) == {"complete"}
    assert len(rows) == len(RECORDED)
    assert {row.kind for row in rows if row.state == "ignored"} == NO_NEWS
    parked = [row for row in rows if row.kind not in NO_NEWS]
    assert {row.state for row in parked} == {"parked"}
    assert {row.reason.partition(":")[0] for row in parked} == {"Stripe has it no more"}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_every_recorded_event_whose_objects_stripe_knows_is_read_and_pays_nothing(town, caplog):
    """As of other software on the same account: every object is there, none carries a reference of ours."""
    if not CONTRACTS:
        pytest.skip("left out: EZ_CONTRACTS does not say where the recorded events are")
    caplog.set_level(logging.WARNING)
    events = [json.loads(path.read_bytes()) | {"api_version": API_VERSION} for path in RECORDED]
    for found in (one["data"]["object"] for one in events):
        if "id" in found:
            town.stripe.store.put(found["object"], found["id"], found)
    for one in events:
        assert [knock(town.web, town.shop, json.dumps(one).encode()).status_int for _ in range(2)] == [
            200,
            200,
        ]
    town.life.settle()
    with town.shop.work.read() as uow:
        rows = uow.session.scalars(select(WebhookEvent)).all()
        assert set(ledger.total(uow).values()) <= {0}
        assert uow.session.scalars(select(Transaction)).all() == []
        assert set(uow.session.scalars(select(Job.state))) == {"complete"}
    assert len(rows) == len(RECORDED)
    strangers = [
        row for row in rows if row.kind.startswith(("invoice.p", "payment_intent.s", "refund", "checkout"))
    ]
    assert {row.state for row in strangers} == {"parked"}
    assert all("no reference of ours" in row.reason for row in strangers)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_what_banks_do_after_a_payment_is_applied_and_not_left_to_somebody(town):
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    [charge] = town.stripe.store.all("charge")
    sent = town.stripe.payouts.send("eur", 100)
    town.stripe.payouts.settle(sent["id"], "paid")
    town.stripe.disputes.warn(charge)
    for happen in (
        lambda: town.stripe.payments.dispute(charge),
        lambda: town.stripe.disputes.close(town.stripe.store.all("dispute")[0]["id"], "won"),
    ):
        happen()
        town.carry_webhooks()
        town.life.settle()
    with town.shop.work.read() as uow:
        rows = uow.session.scalars(select(WebhookEvent)).all()
        assert set(ledger.total(uow).values()) == {0}
    states = {row.kind: (row.state, row.reason) for row in rows if row.kind not in NO_NEWS}
    assert set(states) == {
        "payment_method.attached",
        "payment_intent.succeeded",
        "checkout.session.completed",
        *("payout.created", "payout.updated", "payout.paid"),
        "radar.early_fraud_warning.created",
        *("charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"),
        *("charge.dispute.updated", "charge.dispute.closed"),
    }
    # Warned of and disputed in one breath: nothing is left to decide about the warning.
    assert states.pop("radar.early_fraud_warning.created") == ("ignored", None)
    assert set(states.values()) == {("applied", None)}


def test_B089_an_unknown_type_or_object_is_parked(town):
    bodies = [
        event("thing.happened"),
        event("payment_intent.succeeded", data={"object": {"id": "pi_stranger"}}),
    ]
    for wanted in bodies:
        assert knock(town.web, town.shop, json.dumps(wanted).encode()).status_int == 200
    town.life.settle()
    with town.shop.work.read() as uow:
        reasons = {row.kind: (row.state, row.reason) for row in uow.session.scalars(select(WebhookEvent))}
    assert reasons["thing.happened"] == ("parked", "unknown type of event: thing.happened")
    state, reason = reasons["payment_intent.succeeded"]
    assert state == "parked"
    assert "Stripe has it no more" in reason


@pytest.mark.parametrize(
    "change", [{"currency": "usd"}, {"amount_received": None}], ids=["dollars", "no amount"]
)
def test_B089_a_payment_in_another_currency_or_without_an_amount_pays_nothing(town, change):
    mira = town.newcomer()
    clicks.pay(town.go_to_checkout(mira, town.order(mira)))
    [intent] = town.stripe.store.all("payment_intent")
    town.stripe.store.put("payment_intent", intent["id"], intent | change)
    wanted = event("payment_intent.succeeded", data={"object": {"id": intent["id"]}})
    assert knock(town.web, town.shop, json.dumps(wanted).encode()).status_int == 200
    town.life.settle()
    with town.shop.work.read() as uow:
        [row] = uow.session.scalars(select(WebhookEvent))
        assert row.state in ("parked", "received")
        [job] = uow.session.scalars(select(Job).where(Job.kind == "webhooks.process"))
        assert row.reason or job.cause
        assert uow.session.scalars(select(Transaction.status)).all() == ["pending"]
    assert town.service().state == "pending"
