"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from ez_powerdns.provider import PowerDns
from ez_powerdns.sandbox import spec
from ez_powerdns.settings import PowerDnsSettings
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.sandbox import SandboxSpec


class PowerDnsPlugin(PluginBase):
    """DNS on a PowerDNS authoritative server of our own, by its HTTP API."""

    name: ClassVar[str] = "powerdns"
    title: ClassVar[str] = "PowerDNS"
    settings_model: ClassVar[type[BaseModel] | None] = PowerDnsSettings
    environment: ClassVar[dict[str, str]] = {
        "api_url": "POWERDNS_API_URL",
        "api_key": "POWERDNS_API_KEY",  # nosec B105
        "nameservers": "POWERDNS_NAMESERVERS",
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.provider = PowerDns(context)

    @hookimpl
    def ez_register_dns_providers(self) -> Sequence[DnsProvider]:
        """The server of the settings."""
        return [self.provider]

    @classmethod
    def migrations(cls) -> Path | None:
        """The plugin's own linear history."""
        return Path(__file__).parent / "migrations"

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated server."""
        return spec()
