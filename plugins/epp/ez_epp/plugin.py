"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from ez_epp.registrar import EppRegistrar
from ez_epp.registry import Registry
from ez_epp.sandbox import spec
from ez_epp.settings import EppSettings
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.sandbox import SandboxSpec


class EppPlugin(PluginBase):
    """Domain names at one registry that speaks EPP."""

    name: ClassVar[str] = "epp"
    title: ClassVar[str] = "EPP registry"
    settings_model: ClassVar[type[BaseModel] | None] = EppSettings
    environment: ClassVar[dict[str, str]] = {
        "host": "EPP_HOST",
        "username": "EPP_USERNAME",
        "password": "EPP_PASSWORD",  # nosec B105
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.registry = Registry(context)

    @hookimpl
    def ez_register_registrars(self) -> Sequence[Registrar]:
        """The registry."""
        return [EppRegistrar(self.registry)]

    @classmethod
    def migrations(cls) -> Path | None:
        """The plugin's own linear history."""
        return Path(__file__).parent / "migrations"

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated registry."""
        return spec()
