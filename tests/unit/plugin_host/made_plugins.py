"""Plugins made in a test, and a host that has them installed."""

from __future__ import annotations

from datetime import date

from ezcore.db.sealed import SecretBox
from ezcore.plugin_api import Money, PluginBase
from ezcore.plugin_api.values import Action, ClientFacts, InvoiceDraft, ServiceFacts
from ezcore.plugin_host.discovery import InstalledPlugin
from ezcore.plugin_host.host import PluginHost, load_plugins
from ezcore.settings import Settings, load
from ezcore.testkit.quiet import TEST_KEYS


def plugin_class(name: str, parents: tuple[type, ...] = (PluginBase,), **members) -> type[PluginBase]:
    """A plugin with these members."""
    return type(f"{name.title()}Plugin", parents, {"name": name, "title": name.title(), **members})


def installed(kind, *, name: str | None = None, essential: bool = False) -> InstalledPlugin:
    """The plugin as if pip had installed it; an exception instead of a class is what its import raises."""

    def load_it():
        if isinstance(kind, BaseException):
            raise kind
        return kind

    name = name or kind.name
    return InstalledPlugin(name, f"ez-{name}", "1.2.3", load_it, essential)


class Shop:
    """Makes hosts over one database."""

    def __init__(self, work):
        self.work = work
        self.box = SecretBox(TEST_KEYS)

    def host(self, *plugins, ini=None, environ=None, listed=None) -> PluginHost:
        there = [one if isinstance(one, InstalledPlugin) else installed(one) for one in plugins]
        names = [one.name for one in there] if listed is None else listed
        settings: Settings = load({"ez.plugins": " ".join(names), **(ini or {})}, environ or {})
        return load_plugins(
            settings,
            engine=self.work.engine,
            box=self.box,
            clock=self.work.clock,
            installed=there,
        )


def action(verb: str = "suspend") -> Action:
    """A lifecycle action on a service."""
    client = ClientFacts(id=7, name="Ana Client", email="ana@example.test")
    service = ServiceFacts(id=41, label="vps-41", client=client, product="VPS S")
    return Action(verb=verb, service=service, module="cloud", job_key="service:41:suspend")


def draft() -> InvoiceDraft:
    """An invoice about to be issued."""
    client = ClientFacts(id=7, name="Ana Client", email="ana@example.test")
    return InvoiceDraft(
        client=client, currency="EUR", total=Money.parse("12.50", "EUR"), due_on=date(2026, 12, 1)
    )
