"""The drift report: what differs is told once, with proposals that a person presses; only locations are just noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.automation.drift import operations as drift
from ezcore.automation.drift.models import DriftFinding, DriftRun
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from tests.fixtures_panel import Account


@pytest.fixture
def service(trade, panel):
    number = trade.active_service()
    trade.clock.advance(timedelta(hours=1))
    return number


def compare(trade):
    trade.later(1)
    trade.run("drift")
    with trade.work.read() as uow:
        return uow.session.scalars(select(DriftFinding).where(DriftFinding.closed_at.is_(None))).all()


def kinds(found):
    return sorted(one.kind for one in found)


def press(trade, finding, number=0):
    with trade.work.write() as uow:
        drift.do_proposal(uow, uow.session.get_one(DriftFinding, finding.id), number)


def test_where_both_sides_agree_there_is_nothing_to_tell(trade, panel, service):
    assert compare(trade) == []


def test_a_thing_that_is_gone_is_told_once_and_again_when_it_comes_back_is_closed(trade, panel, service):
    there = dict(panel.accounts)
    panel.accounts.clear()
    [first] = compare(trade)
    [again] = compare(trade)
    assert (first.kind, first.id) == ("missing", again.id)
    assert trade.service(service).state == "active", "nothing acts by itself"
    panel.accounts.update(there)
    assert compare(trade) == []


def test_what_carries_our_tag_and_belongs_to_nobody_is_told_and_strangers_are_not(trade, panel, service):
    panel.accounts["acc7"] = Account("create-svc_nobody-1", "left")
    panel.accounts["acc8"] = Account(None, "somebody else's")
    assert [(one.kind, one.theirs) for one in compare(trade)] == [("orphan", "acc7, active")]


def test_a_suspension_that_was_lifted_by_hand_is_proposed_to_be_made_again(trade, panel, service):
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, service), "suspend", "unpaid")
    trade.settle()
    panel.accounts["acc1"].state = "active"
    [found] = compare(trade)
    assert (found.kind, found.ours, found.theirs) == ("state", "suspended", "active")
    assert panel.accounts["acc1"].state == "active", "it proposes and never acts"
    mails = panel.count("suspend")
    press(trade, found)
    trade.settle()
    assert panel.accounts["acc1"].state == "suspended"
    assert panel.count("suspend") == mails + 1
    assert trade.service(service).suspend_reason == "unpaid"
    with pytest.raises(Refused):
        press(trade, found)


def test_a_location_is_noted_and_an_address_is_proposed(trade, panel, service):
    panel.accounts["acc1"].location = "node9"
    panel.accounts["acc1"].address = "192.0.2.99"
    [found] = compare(trade)
    assert found.kind == "address"
    with trade.work.read() as uow:
        row = queries.resource_of(uow, service)
        assert (row.location, row.address) == ("node9", "192.0.2.10")
    press(trade, found)
    with trade.work.read() as uow:
        assert queries.resource_of(uow, service).address == "192.0.2.99"
    assert compare(trade) == []


def test_a_server_that_does_not_answer_closes_nothing_and_is_named(trade, panel, service):
    panel.accounts.clear()
    [found] = compare(trade)
    panel.broken = OutcomeUnknown("no answer")
    assert [one.id for one in compare(trade)] == [found.id]
    with trade.work.read() as uow:
        run = uow.session.scalars(select(DriftRun).order_by(DriftRun.id.desc())).first()
        assert run.problems == ["panel-1: no answer"]


def test_what_was_set_aside_stays_aside_until_it_becomes_something_else(trade, panel, service):
    panel.accounts["acc7"] = Account("create-svc_nobody-1", "left")
    [found] = compare(trade)
    with trade.work.write() as uow:
        drift.set_aside(uow, uow.session.get_one(DriftFinding, found.id), "a test machine")
    assert compare(trade) == []
    panel.accounts["acc7"].state = "suspended"
    assert kinds(compare(trade)) == ["orphan"]


def test_a_service_that_is_worked_on_is_left_alone(trade, panel, service):
    panel.accounts.clear()
    with trade.work.write() as uow:
        uow.session.get_one(Service, service).open_action = "restart"
    assert compare(trade) == []
