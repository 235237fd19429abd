"""What the plugins brought at start-up through `ez_register_*`, and which port each of it serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from ezcore.plugin_api.ports.certificates import CertificateAuthority, CertificateTarget
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.ui.slots import Contributor
from ezcore.plugin_api.values import ProductKind

T = TypeVar("T")

ITEMS: dict[str, type[Any]] = {
    "ez_register_gateways": Gateway,
    "ez_register_provisioning_modules": ProvisioningModule,
    "ez_register_webhook_sources": WebhookSource,
    "ez_register_registrars": Registrar,
    "ez_register_dns_providers": DnsProvider,
    "ez_register_certificate_authorities": CertificateAuthority,
    "ez_register_certificate_targets": CertificateTarget,
    "ez_register_helpdesks": Helpdesk,
    "ez_register_product_kinds": ProductKind,
    "ez_register_ui": Contributor,
}
"""Hook -> what its list holds."""

PORTS = {item for item in ITEMS.values() if item not in (ProductKind, Contributor)}
"""Items that act under a name of their own; the others are records."""


class Registered:
    """Everything that was brought, by plugin and hook, in the order of `ez.plugins`."""

    def __init__(self) -> None:
        self._brought: dict[str, dict[str, Sequence[Any]]] = {}

    def add(self, plugin: str, brought: dict[str, Sequence[Any]]) -> None:
        """Keep what a plugin brought."""
        self._brought[plugin] = brought

    def remove(self, plugin: str) -> None:
        """Forget a plugin."""
        self._brought.pop(plugin, None)

    def items(self, hook: str, _item: type[T]) -> list[T]:
        """All that was brought through one hook."""
        return [item for brought in self._brought.values() for item in brought.get(hook, ())]

    def by_plugin(self, hook: str, _item: type[T]) -> dict[str, list[T]]:
        """What each plugin brought through one hook."""
        return {plugin: list(brought[hook]) for plugin, brought in self._brought.items() if brought.get(hook)}
