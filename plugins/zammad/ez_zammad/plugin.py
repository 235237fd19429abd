"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel

from ez_zammad.desk import Zammad
from ez_zammad.sandbox import spec
from ez_zammad.settings import ZammadSettings
from ez_zammad.webhooks import ZammadWebhooks
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.sandbox import SandboxSpec


class ZammadPlugin(PluginBase):
    """Staff answer tickets in Zammad; ezcore and Zammad have the same talk."""

    name: ClassVar[str] = "zammad"
    title: ClassVar[str] = "Zammad"
    settings_model: ClassVar[type[BaseModel] | None] = ZammadSettings
    environment: ClassVar[dict[str, str]] = {
        "api_url": "ZAMMAD_API_URL",
        "token": "ZAMMAD_TOKEN",  # nosec B105
        "webhook_secret": "ZAMMAD_WEBHOOK_SECRET",  # nosec B105
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.desk = Zammad(context)

    @hookimpl
    def ez_register_helpdesks(self) -> Sequence[Helpdesk]:
        """The Zammad of the settings."""
        return [self.desk]

    @hookimpl
    def ez_register_webhook_sources(self) -> Sequence[WebhookSource]:
        """What its triggers tell."""
        return [ZammadWebhooks(self.desk.settings)]

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated Zammad."""
        return spec()
