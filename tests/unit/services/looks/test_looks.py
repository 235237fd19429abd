"""Looks are kept with their time; one that fails leaves the last one and says so in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ezcore.jobs.models import Job
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.services.looks import operations as looks
from ezcore.services.looks import queries
from ezcore.services.services.models import Service


@pytest.fixture
def service(trade, panel):
    return trade.active_service()


def refresh(trade, service):
    with trade.work.write() as uow:
        looks.refresh(uow, uow.session.get_one(Service, service))
    trade.settle()


def seen(trade, service):
    with trade.work.read() as uow:
        return queries.last_look(uow, service)


def test_a_look_shows_what_the_vendor_shows(trade, panel, service):
    refresh(trade, service)
    found = seen(trade, service)
    assert found.look.state == "active"
    assert [block.title for block in found.look.blocks] == ["System", "Disk", "Snapshots"]
    assert not found.is_asked


def test_a_look_that_fails_keeps_the_last_one_and_says_why_without_inside_words(trade, panel, service):
    refresh(trade, service)
    before = seen(trade, service).taken_at
    trade.clock.advance(timedelta(minutes=1))
    panel.broken = OutcomeUnknown("10.0.0.7:8006 timed out with token abc")
    refresh(trade, service)
    found = seen(trade, service)
    assert found.look.state == "active"
    assert found.taken_at == before
    assert found.problem == "The server did not answer."
    assert not found.is_asked


def test_eight_clicks_are_one_question(trade, panel, service):
    with trade.work.read() as uow:
        before = uow.session.scalar(select(func.count()).where(Job.kind == "looks.take"))
    for _ in range(8):
        with trade.work.write() as uow:
            looks.refresh(uow, uow.session.get_one(Service, service))
    with trade.work.read() as uow:
        assert uow.session.scalar(select(func.count()).where(Job.kind == "looks.take")) == before + 1


def test_by_turns_every_service_is_looked_at_four_times_a_day(trade, panel, service):
    assert trade.run("looks").lines == []
    trade.clock.advance(looks.EVERY + timedelta(minutes=1))
    assert len(trade.run("looks").lines) == 1
    assert trade.run("looks").lines == []
