"""What the core may rely on when it asks plugins."""

from __future__ import annotations

import inspect
import time

import pytest

from ezcore.plugin_api import PluginBase, Refused, hookimpl, hookspecs
from ezcore.plugin_api.ports.certificates import CertificateAuthority, CertificateTarget
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.protocols import Hooks
from ezcore.plugin_api.values import InvoiceNote, ProductKind
from ezcore.plugin_host import operations
from ezcore.plugin_host.errors import PluginAsleep, PluginFailed
from ezcore.plugin_host.hooks import HookFacade
from tests.unit.plugin_host.made_plugins import action, draft, plugin_class


def specs():
    marker = f"{hookspecs.PROJECT}_spec"
    return {
        name: spec
        for name, spec in inspect.getmembers(hookspecs, inspect.isfunction)
        if hasattr(spec, marker)
    }


def parameters_of(function):
    signature = inspect.signature(function, eval_str=False)
    kept = [(one.name, one.kind, one.default, one.annotation) for one in signature.parameters.values()]
    return [one for one in kept if one[0] != "self"], signature.return_annotation


@pytest.mark.parametrize("name", specs())
@pytest.mark.parametrize("speaker", [Hooks, HookFacade], ids=["protocol", "facade"])
def test_the_facade_speaks_every_hook_exactly(speaker, name):
    assert parameters_of(getattr(speaker, name.removeprefix("ez_"))) == parameters_of(specs()[name])


def test_the_facade_speaks_nothing_but_hooks():
    spoken = {f"ez_{name}" for name in vars(HookFacade) if not name.startswith("_")}
    assert spoken == set(specs())


def noting(text):
    class Notes:
        @hookimpl
        def ez_adjust_invoice_notes(self, invoices):
            return [[InvoiceNote(title=text, text=one.currency)] for one in invoices]

    return Notes


def test_lists_are_joined_in_the_order_of_the_ini(shop):
    host = shop.host(*[plugin_class(name, (noting(name), PluginBase)) for name in ("zoe", "ann", "max")])
    first, second = host.hooks.adjust_invoice_notes(invoices=[draft(), draft()])
    assert [note.title for note in first] == ["zoe", "ann", "max"] == [note.title for note in second]


def test_a_plugin_may_take_fewer_arguments_than_the_hook_has(shop):
    class Careless:
        @hookimpl
        def ez_adjust_invoice_notes(self):
            return [[InvoiceNote(title="t", text="x")]]

    host = shop.host(plugin_class("one", (Careless, PluginBase)))
    assert [len(notes) for notes in host.hooks.adjust_invoice_notes([draft()])] == [1]


class Refuses:
    @hookimpl
    def ez_before_action(self, action):
        raise Refused(f"{action.verb} is not allowed on Sundays")


class Breaks:
    @hookimpl
    def ez_before_action(self, action):
        raise ZeroDivisionError("oh")

    @hookimpl
    def ez_adjust_invoice_notes(self, invoices):
        raise ZeroDivisionError("oh")


class AnswersText:
    @hookimpl
    def ez_adjust_invoice_notes(self, invoices):
        return "a note"


class AnswersNothing:
    @hookimpl
    def ez_adjust_invoice_notes(self, invoices):
        return None


class AnswersForOneTooMany:
    @hookimpl
    def ez_adjust_invoice_notes(self, invoices):
        return [[] for _ in (*invoices, None)]


class AnswersOthers:
    @hookimpl
    def ez_adjust_invoice_notes(self, invoices):
        return [invoices]


def test_a_refusal_reaches_the_operation_with_its_reason(shop):
    host = shop.host(plugin_class("one", (Refuses, PluginBase)), plugin_class("two", (Breaks, PluginBase)))
    with pytest.raises(Refused, match="suspend is not allowed on Sundays"):
        host.hooks.before_action(action=action())


def test_a_plugin_that_breaks_in_a_veto_fails_the_operation_and_is_named(shop, caplog):
    host = shop.host(plugin_class("two", (Breaks, PluginBase)))
    with pytest.raises(PluginFailed, match="plugin two failed in ez_before_action: ZeroDivisionError: oh"):
        host.hooks.before_action(action=action())
    assert "plugin two failed in ez_before_action" in caplog.text


@pytest.mark.parametrize("kind", [Breaks, AnswersText, AnswersNothing, AnswersOthers, AnswersForOneTooMany])
def test_a_contribution_that_is_not_what_was_asked_fails_the_operation(shop, kind):
    host = shop.host(plugin_class("good", (noting("n"), PluginBase)), plugin_class("odd", (kind, PluginBase)))
    with pytest.raises(PluginFailed, match="plugin odd failed in ez_adjust_invoice_notes"):
        host.hooks.adjust_invoice_notes(invoices=[draft()])


def listening(heard, *, fails=None):
    class Listens:
        @hookimpl
        def ez_on_action_done(self, action):
            heard.append((self.name, action.verb))
            if fails:
                raise fails

    return Listens


def test_an_announcement_that_fails_in_one_plugin_still_reaches_the_others(shop, caplog):
    heard = []
    host = shop.host(
        plugin_class("deaf", (listening(heard, fails=OSError("no route")), PluginBase)),
        plugin_class("keen", (listening(heard), PluginBase)),
    )
    host.hooks.on_action_done(action=action())
    assert heard == [("deaf", "suspend"), ("keen", "suspend")]
    assert "plugin deaf failed in ez_on_action_done" in caplog.text
    timing = host.timings["deaf", "ez_on_action_done"]
    assert (timing.calls, timing.failures) == (1, 1)


def test_hooks_of_one_plugin_speak_to_that_one_and_fail_aloud(shop):
    heard = []
    host = shop.host(
        plugin_class("deaf", (listening(heard, fails=OSError("no route")), PluginBase)),
        plugin_class("keen", (listening(heard), PluginBase)),
    )
    with pytest.raises(OSError, match="no route"):
        host.hooks_of("deaf").on_action_done(action())
    host.hooks_of("keen").on_action_done(action())
    assert heard == [("deaf", "suspend"), ("keen", "suspend")]


def test_a_paused_plugin_is_not_asked_and_its_announcements_wait(shop):
    heard = []
    host = shop.host(plugin_class("one", (noting("n"), listening(heard), PluginBase)))
    with shop.work.write() as uow:
        operations.pause(uow, host, "one", "the bank changes its account")
    assert host.hooks.adjust_invoice_notes([draft()]) == [[]]
    with pytest.raises(PluginAsleep):
        host.hooks_of("one").on_action_done(action())
    with shop.work.write() as uow:
        operations.resume(uow, host, "one")
    host.hooks_of("one").on_action_done(action())
    assert heard == [("one", "suspend")]


def test_the_facade_costs_microseconds(shop):
    class Silent:
        @hookimpl
        def ez_before_action(self, action):
            return None

    hooks = shop.host(plugin_class("one", (Silent, PluginBase))).hooks
    asked = action()
    hooks.before_action(asked)
    runs = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(2000):
            hooks.before_action(asked)
        runs.append((time.perf_counter() - started) / 2000)
    # 3 microseconds on a quiet machine; the limit leaves room for a busy one.
    assert min(runs) < 15e-6


class BringsNothing:
    @hookimpl
    def ez_register_gateways(self):
        return []

    @hookimpl
    def ez_register_provisioning_modules(self):
        return ()

    @hookimpl
    def ez_register_webhook_sources(self):
        return []


def bringing(hook, item):
    return type("Brings", (), {hook: hookimpl(_answering(hook, item))})


def _answering(hook, item):
    def answer(self):
        return [item]

    answer.__name__ = hook
    return answer


def stand_in(port, name):
    """An implementer with every abstract method, none of which does anything."""
    members = dict.fromkeys(getattr(port, "__abstractmethods__", ()), lambda self, *_: None)
    return type("StandIn", (port,), {**members, "name": name})()


@pytest.mark.parametrize(
    ("hook", "port"),
    [
        ("ez_register_gateways", Gateway),
        ("ez_register_provisioning_modules", ProvisioningModule),
        ("ez_register_webhook_sources", WebhookSource),
    ],
)
def test_what_is_registered_acts_under_its_name(shop, hook, port):
    item = stand_in(port, "acme")
    host = shop.host(
        plugin_class("none", (BringsNothing, PluginBase)),
        plugin_class("one", (bringing(hook, item), PluginBase)),
    )
    assert host.ports.get(port, "acme") is item
    assert host.ports.names(port) == ["acme"]
    assert getattr(host.hooks, hook.removeprefix("ez_"))() == [item]


# One test per hook, under its name: what the hook promises, in one line. docs/hooks.md has the words.


def test_hook_ez_register_gateways(shop):
    item = stand_in(Gateway, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_gateways", item), PluginBase)))
    assert host.hooks.register_gateways() == [item]


def test_hook_ez_register_provisioning_modules(shop):
    item = stand_in(ProvisioningModule, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_provisioning_modules", item), PluginBase)))
    assert host.hooks.register_provisioning_modules() == [item]


def test_hook_ez_register_webhook_sources(shop):
    item = stand_in(WebhookSource, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_webhook_sources", item), PluginBase)))
    assert host.hooks.register_webhook_sources() == [item]


def test_hook_ez_register_product_kinds(shop):
    kind = ProductKind(name="vps", title="VPS")
    host = shop.host(plugin_class("one", (bringing("ez_register_product_kinds", kind), PluginBase)))
    assert host.hooks.register_product_kinds() == [kind]
    assert host.product_kinds() == {"one": [kind]}


def test_hook_ez_before_action(shop):
    with pytest.raises(Refused):
        shop.host(plugin_class("one", (Refuses, PluginBase))).hooks.before_action(action=action())


def test_hook_ez_adjust_invoice_notes(shop):
    host = shop.host(plugin_class("one", (noting("n"), PluginBase)))
    assert host.hooks.adjust_invoice_notes(invoices=[draft()]) == [[InvoiceNote(title="n", text="EUR")]]


def test_hook_ez_on_action_done(shop):
    heard = []
    shop.host(plugin_class("one", (listening(heard), PluginBase))).hooks.on_action_done(
        action=action("create")
    )
    assert heard == [("one", "create")]


def test_hook_ez_on_action_failed(shop):
    heard = []

    class Hears:
        @hookimpl
        def ez_on_action_failed(self, action, cause):
            heard.append((action.verb, cause))

    shop.host(plugin_class("one", (Hears, PluginBase))).hooks.on_action_failed(
        action=action("create"), cause="no room"
    )
    assert heard == [("create", "no room")]


def test_hook_ez_register_registrars(shop):
    item = stand_in(Registrar, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_registrars", item), PluginBase)))
    assert host.hooks.register_registrars() == [item]


def test_hook_ez_register_dns_providers(shop):
    item = stand_in(DnsProvider, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_dns_providers", item), PluginBase)))
    assert host.hooks.register_dns_providers() == [item]


def test_hook_ez_register_certificate_authorities(shop):
    item = stand_in(CertificateAuthority, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_certificate_authorities", item), PluginBase)))
    assert host.hooks.register_certificate_authorities() == [item]


def test_hook_ez_register_certificate_targets(shop):
    item = stand_in(CertificateTarget, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_certificate_targets", item), PluginBase)))
    assert host.hooks.register_certificate_targets() == [item]


def test_hook_ez_register_helpdesks(shop):
    item = stand_in(Helpdesk, "acme")
    host = shop.host(plugin_class("one", (bringing("ez_register_helpdesks", item), PluginBase)))
    assert host.hooks.register_helpdesks() == [item]
