"""A set-up waits for nobody's server until one is chosen for it, and for that one from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.jobs.providers import operations as providers
from ezcore.jobs.providers.models import Breaker, Provider
from ezcore.kernel.actor import Actor
from ezcore.plugin_api.errors import OutcomeUnknown
from tests.fixtures_panel import Panel

STAFF = Actor("staff", user_id=3, permissions=frozenset({jobs.MANAGE}), name="Mari")


@pytest.fixture
def buys(trade, panel: Panel):
    """One more client pays for an account."""

    def bought(name: str) -> None:
        trade.pay(trade.order(trade.newcomer(name)))

    return bought


def creations(trade) -> list[Job]:
    with trade.work.read() as uow:
        return list(uow.session.scalars(select(Job).where(Job.kind == "services.create").order_by(Job.id)))


def row(trade, name: str) -> Provider | None:
    with trade.work.read() as uow:
        return uow.session.get(Provider, name)


def test_a_set_up_is_bound_to_its_server_and_completes(trade, panel, buys):
    buys("Ann")
    assert [job.provider for job in creations(trade)] == ["panel:new"]
    trade.settle()
    assert [(job.provider, job.state) for job in creations(trade)] == [("panel:1", "complete")]


def test_a_silent_server_is_blamed_itself_and_not_whoever_has_no_server_yet(trade, panel, buys):
    panel.broken = OutcomeUnknown("timed out")
    for number in range(5):
        buys(f"Client{number}")
    trade.settle()
    found = row(trade, "panel:1")
    assert found is not None
    assert (found.state, found.failures) == (Breaker.OPEN, 5)
    assert row(trade, "panel:new") is None
    assert panel.count("create") == 5


def test_a_server_that_staff_paused_is_not_asked_by_a_set_up_placed_there_meanwhile(trade, panel, buys):
    buys("Ann")
    trade.settle()
    with trade.work.write(STAFF) as uow:
        providers.pause(uow, "panel:1", "new firmware")
    buys("Bob")
    trade.settle()
    assert panel.count("create") == 1, "its jobs wait"
    waiting = creations(trade)[1]
    assert (waiting.provider, waiting.state, waiting.failures) == ("panel:1", "queued", 0)
    with trade.work.write(STAFF) as uow:
        providers.resume(uow, "panel:1", "done")
    trade.settle()
    assert creations(trade)[1].state == "complete"


def test_what_was_held_against_nobody_in_particular_ends_when_servers_are_chosen(trade, panel, buys):
    with trade.work.write() as uow:
        for _ in range(5):
            providers.note_trouble(uow, "panel:new", "timed out")
    trade.clock.advance(timedelta(minutes=1))
    buys("Ann")
    trade.settle()
    found = row(trade, "panel:new")
    assert found is not None
    assert found.state == Breaker.CLOSED
    assert [job.state for job in creations(trade)] == ["complete"]
