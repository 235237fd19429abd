"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from ez_cloudflare import ui
from ez_cloudflare.office import Office
from ez_cloudflare.registrar import CloudflareRegistrar
from ez_cloudflare.sandbox import spec
from ez_cloudflare.settings import CloudflareSettings
from ez_cloudflare.zones import CloudflareDns
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.sandbox import SandboxSpec
from ezcore.plugin_api.ui import Contributor


class CloudflarePlugin(PluginBase):
    """DNS and domain names of one Cloudflare account."""

    name: ClassVar[str] = "cloudflare"
    title: ClassVar[str] = "Cloudflare"
    settings_model: ClassVar[type[BaseModel] | None] = CloudflareSettings
    environment: ClassVar[dict[str, str]] = {
        "api_token": "CLOUDFLARE_API_TOKEN",  # nosec B105
        "account_id": "CLOUDFLARE_ACCOUNT_ID",
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.office = Office(context)

    @hookimpl
    def ez_register_dns_providers(self) -> Sequence[DnsProvider]:
        """Zones and records."""
        return [CloudflareDns(self.office)]

    @hookimpl
    def ez_register_registrars(self) -> Sequence[Registrar]:
        """Cloudflare Registrar."""
        return [CloudflareRegistrar(self.office)]

    @hookimpl
    def ez_register_ui(self) -> Sequence[Contributor]:
        """The zone of a domain name, for staff."""
        return ui.contributors(self.context)

    @classmethod
    def migrations(cls) -> Path | None:
        """The plugin's own linear history."""
        return Path(__file__).parent / "migrations"

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated Cloudflare."""
        return spec()
