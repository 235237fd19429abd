"""Typed views of what the core offers: hooks as the core calls them, ports by name, the core as plugins call it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.values import Action, InvoiceDraft, InvoiceNote, ProductKind, ServiceFacts

P = TypeVar("P")


class Hooks(Protocol):
    """The facade through which core code asks plugins; implemented in `ezcore.plugin_host`."""

    def register_gateways(self) -> Sequence[Gateway]:
        """Gateways of all plugins."""
        ...

    def register_provisioning_modules(self) -> Sequence[ProvisioningModule]:
        """Modules of all plugins."""
        ...

    def register_webhook_sources(self) -> Sequence[WebhookSource]:
        """Webhook sources of all plugins."""
        ...

    def register_product_kinds(self) -> Sequence[ProductKind]:
        """Product kinds of all plugins."""
        ...

    def before_action(self, action: Action) -> None:
        """Ask for a veto. Raises: Refused."""
        ...

    def adjust_invoice_notes(self, invoice: InvoiceDraft) -> Sequence[InvoiceNote]:
        """Notes of all plugins for this draft."""
        ...

    def on_action_done(self, action: Action) -> None:
        """Announce a completed action."""
        ...


class Ports(Protocol):
    """Acting implementers by name. `get` raises LookupError when the plugin is missing or broken: jobs wait."""

    def get(self, kind: type[P], name: str) -> P:
        """The implementer of this name. Raises: LookupError."""
        ...

    def names(self, kind: type[Any]) -> Sequence[str]:
        """Who can be asked now."""
        ...


class Services(Protocol):
    """What a plugin may ask about services of its own module."""

    def find(self, external_id: str) -> ServiceFacts | None:
        """The service whose resource has this id, if it is of the plugin's own module."""
        ...


class Core(Protocol):
    """What a plugin may ask of the core, under the plugin's own actor."""

    @property
    def services(self) -> Services:
        """Services of the plugin's own modules."""
        ...
