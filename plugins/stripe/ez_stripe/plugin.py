"""The plugin: one gateway, one webhook source, settings, and a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from ez_stripe import ui
from ez_stripe.account import StripeAccount
from ez_stripe.gateway import StripeGateway
from ez_stripe.settings import StripeSettings
from ez_stripe.source import StripeWebhooks
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.ui import Contributor

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox import SandboxSpec


class StripePlugin(PluginBase):
    """Stripe, for a host that calls us through ports and hooks only."""

    name: ClassVar[str] = "stripe"
    title: ClassVar[str] = "Stripe"
    settings_model: ClassVar[type[BaseModel] | None] = StripeSettings
    environment: ClassVar[dict[str, str]] = {
        "secret_key": "STRIPE_SECRET_KEY",
        "publishable_key": "STRIPE_PUBLISHABLE_KEY",
        "webhook_secret": "STRIPE_WEBHOOK_SECRET",
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.account = StripeAccount(context.settings)

    @hookimpl
    def ez_register_gateways(self) -> Sequence[Gateway]:
        """Card payments."""
        return [StripeGateway(self.account)]

    @hookimpl
    def ez_register_webhook_sources(self) -> Sequence[WebhookSource]:
        """Stripe's events at /webhooks/stripe/."""
        return [StripeWebhooks(self.account, lambda: self.context.time_zone)]

    @hookimpl
    def ez_register_ui(self) -> Sequence[Contributor]:
        """The payments of an invoice at Stripe, for staff."""
        return ui.contributors(self.context)

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """An imitation of Stripe; loaded only by who starts one."""
        from ez_stripe.sandbox import sandbox_spec  # noqa: PLC0415

        return sandbox_spec()
