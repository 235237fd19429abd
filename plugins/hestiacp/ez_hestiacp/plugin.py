"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from ez_hestiacp import ui
from ez_hestiacp.certificates import HestiaTarget
from ez_hestiacp.module import HestiaModule
from ez_hestiacp.offers import kinds
from ez_hestiacp.sandbox import spec
from ez_hestiacp.settings import FirstServer
from ez_hestiacp.workshop import Workshop
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.certificates import CertificateTarget
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.sandbox import SandboxSpec
from ezcore.plugin_api.ui import Contributor
from ezcore.plugin_api.values import ProductKind


class HestiaPlugin(PluginBase):
    """Hosting accounts on HestiaCP servers. Its own settings describe the first server."""

    name: ClassVar[str] = "hestiacp"
    title: ClassVar[str] = "HestiaCP"
    settings_model: ClassVar[type[BaseModel] | None] = FirstServer
    environment: ClassVar[dict[str, str]] = {
        "api_url": "HESTIACP_API_URL",
        "access_key": "HESTIACP_ACCESS_KEY",
        "secret_key": "HESTIACP_SECRET_KEY",  # nosec B105
        "verify_ssl": "HESTIACP_VERIFY_SSL",
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.workshop = Workshop(context)

    @hookimpl
    def ez_register_provisioning_modules(self) -> Sequence[ProvisioningModule]:
        """One module for all servers."""
        return [HestiaModule(self.workshop)]

    @hookimpl
    def ez_register_certificate_targets(self) -> Sequence[CertificateTarget]:
        """Certificates are installed on websites of accounts."""
        return [HestiaTarget(self.workshop)]

    @hookimpl
    def ez_register_product_kinds(self) -> Sequence[ProductKind]:
        """Web hosting in three sizes."""
        return kinds(HestiaModule.name)

    @hookimpl
    def ez_register_ui(self) -> Sequence[Contributor]:
        """What an account used, on pages."""
        return ui.contributors(self.context)

    @classmethod
    def templates(cls) -> Path | None:
        """What an account used, day by day."""
        return Path(__file__).parent / "templates"

    @classmethod
    def migrations(cls) -> Path | None:
        """The plugin's own linear history."""
        return Path(__file__).parent / "migrations"

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated server."""
        return spec()
