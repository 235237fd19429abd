"""What the entry point names: the plugin and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from ez_acme.accounts import Accounts
from ez_acme.authority import AcmeAuthority
from ez_acme.offers import kinds
from ez_acme.sandbox import spec
from ez_acme.settings import AcmeSettings
from ezcore.plugin_api import PluginBase, PluginContext, hookimpl
from ezcore.plugin_api.ports.certificates import CertificateAuthority
from ezcore.plugin_api.sandbox import SandboxSpec
from ezcore.plugin_api.values import ProductKind


class AcmePlugin(PluginBase):
    """Certificates of Let's Encrypt, or of any other authority that speaks RFC 8555."""

    name: ClassVar[str] = "acme"
    title: ClassVar[str] = "ACME certificates"
    settings_model: ClassVar[type[BaseModel] | None] = AcmeSettings
    environment: ClassVar[dict[str, str]] = {
        "directory_url": "ACME_DIRECTORY_URL",
        "contact_email": "ACME_CONTACT_EMAIL",
        "eab_key_id": "ACME_EAB_KEY_ID",
        "eab_hmac_key": "ACME_EAB_HMAC_KEY",
    }

    def __init__(self, context: PluginContext) -> None:
        super().__init__(context)
        self.accounts = Accounts(context)

    @hookimpl
    def ez_register_certificate_authorities(self) -> Sequence[CertificateAuthority]:
        """The authority of the settings."""
        return [AcmeAuthority(self.accounts)]

    @hookimpl
    def ez_register_product_kinds(self) -> Sequence[ProductKind]:
        """Certificates for the store."""
        return kinds()

    @classmethod
    def migrations(cls) -> Path | None:
        """The plugin's own linear history."""
        return Path(__file__).parent / "migrations"

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """The imitated authority."""
        return spec()
