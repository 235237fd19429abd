"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from ez_proxmox import ui
from ez_proxmox.module import ProxmoxModule
from ez_proxmox.sandbox import spec
from ez_proxmox.settings import FirstServer
from ez_proxmox.workshop import Workshop
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.sandbox import SandboxSpec
from ezcore.plugin_api.ui import Contributor


class ProxmoxPlugin(PluginBase):
    """Virtual machines on Proxmox VE clusters. Its own settings describe the first server."""

    name: ClassVar[str] = "proxmox"
    title: ClassVar[str] = "Proxmox VE"
    settings_model: ClassVar[type[BaseModel] | None] = FirstServer
    environment: ClassVar[dict[str, str]] = {
        "api_url": "PROXMOX_API_URL",
        "token_id": "PROXMOX_TOKEN_ID",  # nosec B105
        "token_secret": "PROXMOX_TOKEN_SECRET",  # nosec B105
        "verify_ssl": "PROXMOX_VERIFY_SSL",
        "template_vmid": "PROXMOX_TEMPLATE_VMID",
        "node": "PROXMOX_DEFAULT_NODE",
        "storage": "PROXMOX_DEFAULT_STORAGE",
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.workshop = Workshop(context)

    @hookimpl
    def ez_register_provisioning_modules(self) -> Sequence[ProvisioningModule]:
        """One module for all clusters."""
        return [ProxmoxModule(self.workshop)]

    @hookimpl
    def ez_register_ui(self) -> Sequence[Contributor]:
        """Facts of machines and clusters on pages."""
        return ui.contributors()

    @classmethod
    def migrations(cls) -> Path | None:
        """The plugin's own linear history."""
        return Path(__file__).parent / "migrations"

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated cluster."""
        return spec()
