"""Typed views of what the core offers: hooks as the core calls them, ports by name, the core as plugins call it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from ezcore.plugin_api.ports.certificates import CertificateAuthority, CertificateTarget
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.ui.slots import Contributor
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

    def register_registrars(self) -> Sequence[Registrar]:
        """What plugins bring as registrar."""
        ...

    def register_dns_providers(self) -> Sequence[DnsProvider]:
        """What plugins bring as DNS provider."""
        ...

    def register_certificate_authorities(self) -> Sequence[CertificateAuthority]:
        """What plugins bring as certificate authority."""
        ...

    def register_certificate_targets(self) -> Sequence[CertificateTarget]:
        """What plugins bring as certificate target."""
        ...

    def register_helpdesks(self) -> Sequence[Helpdesk]:
        """What plugins bring as help desk."""
        ...

    def register_product_kinds(self) -> Sequence[ProductKind]:
        """Product kinds of all plugins."""
        ...

    def register_ui(self) -> Sequence[Contributor]:
        """Who fills which slot of pages."""
        ...

    def before_action(self, action: Action) -> None:
        """Ask for a veto. Raises: Refused."""
        ...

    def adjust_invoice_notes(self, invoices: Sequence[InvoiceDraft]) -> Sequence[Sequence[InvoiceNote]]:
        """Notes of all plugins for each of these drafts, in their order."""
        ...

    def on_action_done(self, action: Action) -> None:
        """Announce a completed action."""
        ...

    def on_action_failed(self, action: Action, cause: str) -> None:
        """Announce an action that was given up."""
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

    def report_usage(self, external_id: str, metric: str, quantity: Decimal, at: datetime, key: str) -> bool:
        """Report what a service used (period metrics) or how high a level is (snapshots), once per `key`.

        Returns False when it was reported before. Raises: NotFound (service or metric), InvalidInput (quantity).
        """
        ...


class Tickets(Protocol):
    """What a plugin may do at the support desk, under its own name."""

    def open(
        self, client_id: int, subject: str, message: str, key: str, service_id: int | None = None
    ) -> str:
        """Open a ticket for a client, once per `key` of the plugin; the client is written to. Gives its reference.

        Raises: NotFound (client's service), InvalidInput naming the field.
        """
        ...

    def reply(self, reference: str, message: str) -> None:
        """Write into a ticket that the plugin opened. Raises: NotFound, InvalidInput."""
        ...


class Core(Protocol):
    """What a plugin may ask of the core, under the plugin's own actor."""

    @property
    def services(self) -> Services:
        """Services of the plugin's own modules."""
        ...

    @property
    def tickets(self) -> Tickets:
        """The support desk."""
        ...
