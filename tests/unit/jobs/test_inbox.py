"""The webhook inbox: a message is stored once, processed by a job, parked when it cannot be applied."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from ezcore.jobs import operations as jobs
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.jobs.inbox.operations import process_kind, receive, replay
from ezcore.jobs.models import Job
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed
from ezcore.plugin_api.ports.webhook_source import Parked, WebhookMessage

BODY = b'{"id": "evt_1"}'
STAFF = Actor("staff", user_id=3, permissions=frozenset({jobs.MANAGE}), name="Mari")


@dataclass
class LampSource:
    """A vendor that has nothing to tell, or parks what it says."""

    parks: list[str] = field(default_factory=list)

    def parse(self, _body):
        return _message()

    def interpret(self, _message, _body):
        if self.parks:
            raise Parked(self.parks.pop())
        return []


@dataclass
class OneSource:
    """Ports with one webhook source."""

    source: Any

    def get(self, _kind, _name):
        return self.source


def _message(number=1, **other):
    values = {"external_id": f"evt_{number}", "kind": "lamp.lit", "api_version": None, "livemode": False}
    return WebhookMessage(**{**values, **other})


@pytest.fixture
def inbox(each_bench):
    each_bench.kinds["webhooks.process"] = process_kind(lambda _uow, _source, _fact: None)
    return each_bench


def _receive(bench, message=None):
    with bench.work.write() as uow:
        return receive(uow, bench.kinds["webhooks.process"], "lamp", "", message or _message(), BODY)


def _process(bench, source):
    engine = bench.engine()
    engine.ports = OneSource(source)
    while engine.run_one():
        pass


def _count(bench, table):
    with bench.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(table))


def _state(bench, number):
    with bench.work.read() as uow:
        event = uow.session.get_one(WebhookEvent, number)
        return event.state, event.reason


def test_a_message_that_comes_twice_is_stored_and_processed_once(inbox):
    number = _receive(inbox)
    assert _receive(inbox) is None
    assert (_count(inbox, WebhookEvent), _count(inbox, Job)) == (1, 1)
    _process(inbox, LampSource())
    assert _state(inbox, number) == ("ignored", None)


def test_twenty_deliveries_at_once_are_one_message(inbox):
    found, gate = [], threading.Barrier(20)

    def deliver():
        gate.wait()
        found.append(_receive(inbox))

    threads = [threading.Thread(target=deliver) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert len([number for number in found if number]) == 1


def test_what_cannot_be_applied_is_parked_and_staff_can_replay_it(inbox):
    number, source = _receive(inbox), LampSource(parks=["unknown customer"])
    _process(inbox, source)
    assert _state(inbox, number) == ("parked", "unknown customer")

    def again(actor):
        with inbox.work.write(actor) as uow:
            event = uow.session.get_one(WebhookEvent, number)
            replay(uow, inbox.kinds["webhooks.process"], event)

    with pytest.raises(NotAllowed):
        again(Actor("staff", user_id=4, name="Juhan"))
    again(STAFF)
    _process(inbox, source)
    assert _state(inbox, number) == ("ignored", None)
