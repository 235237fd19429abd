"""Looks are kept with their time; one that fails leaves the last one and says so in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobLog
from ezcore.jobs.providers.models import Provider
from ezcore.plugin_api.errors import OutcomeUnknown, RetryAfter
from ezcore.services.looks import operations as looks
from ezcore.services.looks import queries
from ezcore.services.looks.jobs import LOOK
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


def provider(trade, service):
    with trade.work.read() as uow:
        server = uow.session.get_one(Service, service).server_id
        return uow.session.get(Provider, f"panel:{server}", populate_existing=True)


@pytest.mark.parametrize(
    "silence",
    [OutcomeUnknown("timed out"), RetryAfter(9, "refused", unreachable=True), ConnectionRefusedError("no")],
)
def test_five_looks_that_nobody_answered_let_all_jobs_of_the_server_wait(trade, panel, service, silence):
    panel.broken = silence
    for _ in range(5):
        refresh(trade, service)
        assert seen(trade, service).problem == "The server did not answer."
        trade.clock.advance(timedelta(seconds=11))
    assert (provider(trade, service).state, provider(trade, service).failures) == ("open", 5)


@pytest.mark.parametrize(
    "no", [RetryAfter(9, "busy"), OutcomeUnknown("odd", unreachable=False), ValueError("shape")]
)
def test_a_look_that_is_refused_shows_that_the_server_is_there(trade, panel, service, no):
    panel.broken = OutcomeUnknown("timed out")
    refresh(trade, service)
    assert provider(trade, service).failures == 1
    trade.clock.advance(timedelta(seconds=11))
    panel.broken = no
    refresh(trade, service)
    assert provider(trade, service).failures == 0


def test_a_server_that_answers_none_of_many_is_not_waited_for_twenty_times(trade, panel, service):
    with trade.work.write() as uow:
        server = uow.session.get_one(Service, service).server_id
        many = {"module": "panel", "services": [service] * 20}
        jobs.enqueue(uow, LOOK, "many", many, provider=f"panel:{server}")
    panel.broken = OutcomeUnknown("timed out")
    trade.settle()
    with trade.work.read() as uow:
        job = uow.session.scalars(select(Job).where(Job.key == "many")).one()
        assert job.state == "complete"
        lines = uow.session.scalar(select(func.count()).where(JobLog.job_id == job.id))
    assert lines == 5
    assert provider(trade, service).state == "open"
    assert seen(trade, service).problem == "The server did not answer."
