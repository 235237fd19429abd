"""Who is asked to fill a slot, in which order, and what happens to those who are late or wrong."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from ezcore.plugin_api import Money, PluginBase, hookimpl
from ezcore.plugin_api.ui import (
    Action,
    Contributor,
    InvoiceSeen,
    Notice,
    Panel,
    PaymentSeen,
    Row,
    ServiceSeen,
    SlotContext,
    Viewer,
)
from ezcore.plugin_host.health import Health
from ezcore.plugin_host.registered import Registered
from ezcore.plugin_host.ui import Slots
from ezcore.plugin_host.ui.checks import WrongContribution, checked
from ezcore.plugin_host.ui.slots import HOOK, concerns
from tests.unit.plugin_host.made_plugins import plugin_class

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SIDE = "admin.service.side"


def context(slot=SIDE, **about):
    return SlotContext(slot, Viewer("staff"), NOW, **about)


def slots(monotonic=lambda: 0.0, **gives):
    """Slots in which these plugins fill the side of a service."""
    registered = Registered()
    for plugin, give in gives.items():
        registered.add(plugin, {HOOK: [Contributor(SIDE, give)]})
    return Slots(registered, Health(None, None), limit=0.05, monotonic=monotonic)


def filled(made):
    return made.fill(made.contributors(SIDE), context())


def panel(key, order=50):
    return Panel(key, key, text="text", order=order)


def test_hook_ez_register_ui(shop):
    one = Contributor(SIDE, lambda about: [panel("a")])

    class Brings:
        @hookimpl
        def ez_register_ui(self):
            return [one]

    host = shop.host(plugin_class("one", (Brings, PluginBase)))
    assert host.hooks.register_ui() == [one]
    assert host.slots.contributors(SIDE) == [("one", one)]
    assert host.slots.contributors("client.footer") == []


def test_a_slot_that_there_is_not_makes_the_plugin_broken(shop):
    class Brings:
        @hookimpl
        def ez_register_ui(self):
            return [Contributor("admin.cellar.side", lambda about: [])]

    (report,) = shop.host(plugin_class("one", (Brings, PluginBase))).reports
    assert report.state == "broken"
    assert "admin.cellar.side" in report.reason


def test_the_order_is_that_of_the_ini_and_then_of_the_plugin():
    made = slots(two=lambda _: [panel("b", 60), panel("a", 10)], one=lambda _: [panel("c", 1)])
    found = [(one.plugin, one.what.key) for one in filled(made).given]
    assert found == [("two", "a"), ("two", "b"), ("one", "c")]


def test_one_that_fails_takes_nothing_from_the_others():
    made = slots(bad=lambda _: 1 / 0, good=lambda _: [panel("a")])
    found = filled(made)
    assert [one.plugin for one in found.given] == ["good"]
    assert found.notes == (("bad", "failed: ZeroDivisionError"),)


def test_one_that_was_late_rests_for_a_minute_and_while_it_still_hangs():
    now, gate, asked = [0.0], threading.Event(), []

    def give(_):
        asked.append(1)
        gate.wait(20)
        return [panel("a")]

    made = slots(lambda: now[0], slow=give)
    assert filled(made).notes == (("slow", "did not answer in time"),)
    now[0] = 61.0
    assert filled(made).given == (), "the minute is over, its thread is not"
    gate.set()
    made._hanging["slow"].join()
    assert [one.what.key for one in filled(made).given] == ["a"]
    assert len(asked) == 2


def test_it_is_asked_about_what_its_module_or_gateway_has_to_do_with():
    mine = Contributor(SIDE, lambda _: [], only="cloud")
    service = ServiceSeen(1, "vps", "active", "VPS", module="cloud")
    paid = PaymentSeen("cloud", "succeeded", Money.parse("5.00", "EUR"), NOW)
    euro = Money.parse("5.00", "EUR")
    invoice = InvoiceSeen(1, "2026-1", "paid", euro, euro, NOW.date(), (paid,))
    assert concerns(mine, context(service=service))
    assert concerns(mine, context(invoice=invoice))
    assert not concerns(mine, context())


@pytest.mark.parametrize(
    ("slot", "answer", "words"),
    [
        (SIDE, {}, "must return a list"),
        (SIDE, [panel("a"), panel("a")], "two contributions"),
        (SIDE, [panel("A b")], "a key"),
        (SIDE, [Action("a", "b", "/x/")], "takes no Action"),
        (SIDE, [Panel("a", "")], "must not be empty"),
        (SIDE, [Panel("a", "b", (Row("c", 7, is_word=True),))], "only a text is a word"),
        (SIDE, [Panel("a", "b", text="x" * 2001)], "2000 are the most"),
        (SIDE, [Notice("a", "b", kind="loud")], "one of ok"),
        (SIDE, [Panel("a", "b", actions=(Action("c", "d", "//evil.example/"),))], "href"),
        (SIDE, [Panel("a", "b", actions=(Action("c", "d", "/plugins/two/", method="POST"),))], "own plugin"),
    ],
)
def test_what_is_wrong_is_said_in_words(slot, answer, words):
    with pytest.raises(WrongContribution, match=words):
        checked("one", slot, answer)


def test_an_empty_panel_is_left_out():
    assert checked("one", SIDE, [Panel("a", "Nothing")]) == []
