"""What a shop owner configures: keys, webhook secrets, and where Stripe is.

The mode (test or live) is not configured: it is read off the secret key.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from ez_stripe import API_VERSION

_SECRET_KEY = re.compile(r"(sk|rk)_(test|live)_\w+")
_PUBLISHABLE_KEY = re.compile(r"pk_(test|live)_\w+")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
STRIPE = "https://api.stripe.com"


class StripeSettings(BaseModel):
    """Settings of one Stripe account."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    secret_key: SecretStr = Field(
        title="Secret key", description="Starts with sk_test_, sk_live_, rk_test_ or rk_live_."
    )
    publishable_key: str = Field(default="", title="Publishable key", description="Starts with pk_.")
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        title="Webhook signing secret",
        description="Starts with whsec_. Several (while one is replaced) are separated by spaces or commas.",
    )
    api_base: str = Field(
        default=STRIPE, title="Address of the API", description="Changed for a sandbox only."
    )
    api_version: str = Field(
        default=API_VERSION,
        title="API version",
        description="The version the webhook endpoint is pinned to. Events of another version are parked.",
    )
    portal_configuration: str = Field(
        default="",
        pattern=r"|bpc_\w+",
        title="Customer Portal configuration",
        description="Starts with bpc_. Empty: the account's default one.",
    )
    timeout: float = Field(default=20, gt=0, le=80, title="Seconds to wait for an answer")

    @field_validator("secret_key")
    @classmethod
    def _is_a_secret_key(cls, value: SecretStr) -> SecretStr:
        if not _SECRET_KEY.fullmatch(value.get_secret_value().strip()):
            raise ValueError("this is not a secret key of Stripe: it starts with sk_test_, sk_live_ or rk_")
        return SecretStr(value.get_secret_value().strip())

    @field_validator("publishable_key")
    @classmethod
    def _is_a_publishable_key(cls, value: str) -> str:
        if value and not _PUBLISHABLE_KEY.fullmatch(value):
            raise ValueError("this is not a publishable key of Stripe: it starts with pk_test_ or pk_live_")
        return value

    @field_validator("api_base")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError(
                "the secret key may only travel over https (plain http to this machine is for sandboxes)"
            )
        return value.rstrip("/")

    @model_validator(mode="after")
    def _one_mode(self) -> StripeSettings:
        if self.publishable_key and ("_live_" in self.publishable_key) != self.livemode:
            raise ValueError("one key is for test mode and the other for live mode")
        return self

    @property
    def livemode(self) -> bool:
        """Does this move real money?"""
        return "_live_" in self.secret_key.get_secret_value()[:8]

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """All signing secrets that are accepted now."""
        return (
            tuple(re.split(r"[\s,]+", self.webhook_secret.get_secret_value().strip()))
            if self.has_webhooks
            else ()
        )

    @property
    def has_webhooks(self) -> bool:
        """Is there any signing secret?"""
        return bool(self.webhook_secret.get_secret_value().strip())

    @property
    def is_sandbox(self) -> bool:
        """Does this point to something other than Stripe?"""
        return self.api_base != STRIPE

    @property
    def is_on_this_machine(self) -> bool:
        """Does this point to loopback?"""
        return urlsplit(self.api_base).hostname in _LOOPBACK
