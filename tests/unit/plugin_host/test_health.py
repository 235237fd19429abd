"""A plugin whose announcements keep failing is suspended for all processes, and a person is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.jobs.models import StaffTask
from ezcore.jobs.outbox import operations as outbox
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed, NotFound, Refused
from ezcore.kernel.events import Event
from ezcore.plugin_api import PluginBase, hookimpl
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_host import operations
from ezcore.plugin_host.errors import PluginAsleep
from ezcore.plugin_host.health import Health
from ezcore.plugin_host.reports import PluginState
from tests.unit.plugin_host.made_plugins import action, plugin_class


@dataclass(frozen=True)
class ServiceDelivered(Event):
    """An event of this test."""

    verb: str


class Moody:
    """Fails as long as `angry` holds anything."""

    angry: list[str] = []  # noqa: RUF012
    heard: list[str] = []  # noqa: RUF012

    @hookimpl
    def ez_on_action_done(self, action):
        if self.angry:
            raise OSError(self.angry[0])
        self.heard.append(action.verb)


@pytest.fixture
def moody():
    return plugin_class("moody", (Moody, PluginBase), angry=["no route"], heard=[])


def announce(host, work, event):
    host.hooks.on_action_done(action(event.verb))


def fail(host, times):
    for _ in range(times):
        host.hooks.on_action_done(action())


def open_tasks(work):
    with work.read() as uow:
        return list(uow.session.scalars(select(StaffTask.title).where(StaffTask.closed_at.is_(None))))


def test_five_failures_in_a_row_suspend_it_and_ask_a_person(each_shop, moody, caplog):
    shop = each_shop
    host = shop.host(moody)
    fail(host, 4)
    assert host.reports[0].state is PluginState.ACTIVE
    fail(host, 1)
    assert host.reports[0].state is PluginState.SUSPENDED
    assert "no route" in host.reports[0].reason
    assert open_tasks(shop.work) == ["Plugin moody is suspended after 5 failures in a row"]
    assert "plugin moody is suspended" in caplog.text


def test_a_success_in_between_starts_the_count_again(shop, moody):
    host = shop.host(moody)
    fail(host, 4)
    moody.angry.clear()
    fail(host, 1)
    moody.angry.append("no route")
    fail(host, 4)
    assert host.reports[0].state is PluginState.ACTIVE


def test_another_process_knows_of_it_within_seconds(shop, moody):
    fail(shop.host(moody), 5)
    now = [100.0]
    other = Health(shop.work.engine, shop.work.clock, monotonic=lambda: now[0])
    assert other.is_silent("moody")
    with shop.work.write() as uow:
        operations.resume(uow, shop.host(moody), "moody", "the route is back")
    assert other.is_silent("moody")
    now[0] += 4
    assert not other.is_silent("moody")
    assert open_tasks(shop.work) == []


def test_what_a_suspended_plugin_missed_is_tried_again_by_the_outbox(shop, moody):
    host = shop.host(moody)
    hear = host.subscribers({ServiceDelivered: announce})["plugin:moody"]
    for _ in range(5):
        with pytest.raises(OSError, match="no route"):
            hear(shop.work, ServiceDelivered("create"), 1)
    with pytest.raises(PluginAsleep):
        hear(shop.work, ServiceDelivered("create"), 1)
    moody.angry.clear()
    with shop.work.write() as uow:
        operations.resume(uow, host, "moody")
    hear(shop.work, ServiceDelivered("create"), 1)
    assert moody.heard == ["create"]


def test_through_the_real_outbox_nothing_is_lost_while_it_is_suspended(shop, moody):
    work = shop.work
    keen = plugin_class("keen", (Moody, PluginBase), angry=[], heard=[])
    host = shop.host(moody, keen)
    subscribers = host.subscribers({ServiceDelivered: announce})
    with work.write() as uow:
        for number in range(7):
            uow.emit(ServiceDelivered(f"create-{number}"))
    outbox.relay(work, subscribers)
    assert host.reports[0].state is PluginState.SUSPENDED
    assert len(keen.heard) == 7
    moody.angry.clear()
    with work.write() as uow:
        operations.resume(uow, host, "moody")
    for _ in range(3):
        work.clock.advance(timedelta(hours=1))
        outbox.relay(work, subscribers)
    assert sorted(moody.heard) == [f"create-{number}" for number in range(7)]
    assert len(keen.heard) == 7


def test_only_plugins_that_listen_are_subscribers_and_unknown_events_pass(shop, moody):
    host = shop.host(plugin_class("quiet"), moody)
    assert list(host.subscribers({})) == ["plugin:moody"]
    host.subscribers({})["plugin:moody"](shop.work, ServiceDelivered("create"), 1)


def test_ports_of_a_paused_plugin_answer_nobody(shop):
    class Card(Gateway):
        name = "card"
        label = "Card"
        capabilities = frozenset()

    class Brings:
        @hookimpl
        def ez_register_gateways(self):
            return [Card()]

    host = shop.host(plugin_class("cards", (Brings, PluginBase)))
    with shop.work.write() as uow:
        operations.pause(uow, host, "cards", "fraud wave")
    assert host.reports[0].state is PluginState.PAUSED
    assert host.ports.names(Gateway) == []
    with pytest.raises(LookupError, match="the plugin cards, which brings the gateway 'card', is paused"):
        host.ports.get(Gateway, "card")


def test_pausing_needs_the_permission_a_reason_and_a_plugin_that_may_rest(shop):
    host = shop.host(plugin_class("one"), plugin_class("tax", essential=True))
    with shop.work.write(Actor("staff", name="Bo")) as uow, pytest.raises(NotAllowed):
        operations.pause(uow, host, "one", "why not")
    with shop.work.write() as uow:
        with pytest.raises(Refused, match="say why"):
            operations.pause(uow, host, "one", " ")
        with pytest.raises(Refused, match="essential"):
            operations.pause(uow, host, "tax", "holiday")
        with pytest.raises(NotFound):
            operations.pause(uow, host, "mars", "holiday")


def test_without_tables_everybody_is_well(tmp_path, work):
    from ezcore.db.engine import make_engine

    engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert not Health(engine, work.clock).is_silent("one")
    engine.dispose()
