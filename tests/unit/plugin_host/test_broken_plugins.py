"""A plugin that cannot be used is named, and the site stays up without it."""

from __future__ import annotations

import pytest

from ezcore.plugin_api import PluginBase, hookimpl
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_host.reports import PluginState
from ezcore.settings import SettingsError
from tests.unit.plugin_host.made_plugins import draft, installed, plugin_class


class CardGateway(Gateway):
    name = "card"
    label = "Card"
    capabilities = frozenset()


class BringsCard:
    @hookimpl
    def ez_register_gateways(self):
        return [CardGateway()]


class RegisterRaises:
    @hookimpl
    def ez_register_gateways(self):
        raise RuntimeError("no key file")


class RegisterAnswersNone:
    @hookimpl
    def ez_register_gateways(self):
        return None


class RegisterAnswersOther:
    @hookimpl
    def ez_register_gateways(self):
        return [CardGateway]


class UnknownHook:
    @hookimpl
    def ez_on_full_moon(self):
        return None


class ForgottenMark:
    def ez_register_gateways(self):
        return []


class WrongArgument:
    @hookimpl
    def ez_before_action(self, actoin):
        return None


class GoesFirst:
    @hookimpl(tryfirst=True)
    def ez_before_action(self, action):
        return None


class CannotBeMade:
    def __init__(self, context):
        raise ValueError("bad luck")


class TwoOfOneName:
    @hookimpl
    def ez_register_gateways(self):
        return [CardGateway(), CardGateway()]


BROKEN = {
    "its import fails": (ImportError("no module named vendor"), "its import failed: ImportError: no module"),
    "its import leaves Python": (SystemExit(3), "its import failed: SystemExit: 3"),
    "it is no class": (42, "not a subclass of PluginBase"),
    "it is another class": (Gateway, "not a subclass of PluginBase"),
    "its name differs": (plugin_class("other"), "its class is called 'other', its entry point 'bad'"),
    "it cannot be made": (
        plugin_class("bad", (CannotBeMade, PluginBase)),
        "it could not be made: ValueError: bad luck",
    ),
    "registering raises": (
        plugin_class("bad", (RegisterRaises, PluginBase)),
        "ez_register_gateways failed: RuntimeError: no key file",
    ),
    "registering answers None": (
        plugin_class("bad", (RegisterAnswersNone, PluginBase)),
        "must return a list of Gateway",
    ),
    "registering answers classes": (
        plugin_class("bad", (RegisterAnswersOther, PluginBase)),
        "must return a list of Gateway",
    ),
    "an unknown hook": (plugin_class("bad", (UnknownHook, PluginBase)), "ez_on_full_moon is not a hook"),
    "a hook without its mark": (
        plugin_class("bad", (ForgottenMark, PluginBase)),
        "not marked with @hookimpl",
    ),
    "a misspelt argument": (plugin_class("bad", (WrongArgument, PluginBase)), "actoin"),
    "it wants to be first": (plugin_class("bad", (GoesFirst, PluginBase)), "ez.plugins gives the order"),
    "two gateways of one name": (
        plugin_class("bad", (TwoOfOneName, PluginBase)),
        "two gateways called 'card'",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_it_is_named_with_the_reason_and_the_others_run(shop, caplog, case):
    kind, reason = BROKEN[case]
    host = shop.host(
        plugin_class("first"), installed(kind, name="bad"), plugin_class("last", (BringsCard, PluginBase))
    )
    report = host.reports[1]
    assert (report.name, report.state) == ("bad", PluginState.BROKEN)
    assert reason in report.reason
    assert "the plugin bad is broken" in caplog.text
    assert host.active == ["first", "last"]
    assert host.ports.names(Gateway) == ["card"]
    assert host.hooks.adjust_invoice_notes(invoices=[draft()]) == [[]]


def test_the_second_plugin_that_brings_a_name_is_broken(shop):
    host = shop.host(
        plugin_class("one", (BringsCard, PluginBase)), plugin_class("two", (BringsCard, PluginBase))
    )
    assert "the gateway 'card' is already brought by the plugin one" in host.reports[1].reason
    assert host.ports.owner(Gateway, "card") == "one"
    assert len(host.hooks.register_gateways()) == 1


def test_a_plugin_found_broken_later_takes_its_ports_and_hooks_with_it(shop):
    host = shop.host(plugin_class("one", (BringsCard, PluginBase)))
    host.mark_broken("one", "its pages cannot be registered")
    with pytest.raises(LookupError, match="broken plugins: one"):
        host.ports.get(Gateway, "card")
    assert list(host.hooks.register_gateways()) == []


def test_jobs_of_a_broken_plugin_are_told_its_name_and_wait(shop):
    host = shop.host(installed(ImportError("no module named vendor"), name="card"))
    with pytest.raises(LookupError, match="the plugin card is broken: its import failed"):
        host.ports.get(Gateway, "card")


@pytest.mark.parametrize(
    "plugin",
    [
        installed(plugin_class("tax", (RegisterRaises, PluginBase), essential=True)),
        installed(ImportError("no module named vat"), name="tax", essential=True),
    ],
    ids=["its class says so", "its entry point says so, because its import fails"],
)
def test_a_broken_essential_plugin_stops_start_up(shop, plugin):
    with pytest.raises(SettingsError, match="the plugin tax is broken, and it is essential"):
        shop.host(plugin)


def test_a_folder_that_was_not_installed_is_told(shop, tmp_path):
    kind = plugin_class("bad", templates=classmethod(lambda cls: tmp_path / "templates"))
    (report,) = shop.host(kind).reports
    assert "names the folder templates" in report.reason
