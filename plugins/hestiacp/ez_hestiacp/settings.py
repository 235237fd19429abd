"""What people fill in: the server to talk to, the package of a product, the domain name of an order."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from ez_hestiacp.names import domain_name

ACCESS_KEY: Final = r"^[A-Za-z0-9]{20}$"
SECRET_KEY: Final = re.compile(r"[A-Za-z0-9_=/+-]{40}")
PACKAGE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"


class ServerSettings(BaseModel):
    """A HestiaCP server and an access key of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = Field(title="Address of the panel", description="https://panel.example.com:8083")
    access_key: str = Field(title="Access key", description="20 characters", pattern=ACCESS_KEY)
    secret_key: SecretStr = Field(title="Secret key", description="40 characters; shown once by the panel")
    verify_ssl: bool = Field(default=True, title="Check the certificate")
    ca_file: str = Field(
        default="", title="CA file", description="Own certificate authority (path of a PEM file)"
    )
    ip: str = Field(
        default="",
        title="IP address",
        pattern=r"^[0-9.]*$",
        description="Of new domain names; empty: the server's shared address",
    )
    capacity: int | None = Field(default=None, title="Most accounts", ge=1, description="Empty: no limit")
    timeout: float = Field(default=20, title="Seconds per reading", ge=1, le=120)
    slow_timeout: float = Field(
        default=180, title="Seconds per change", ge=10, le=600, description="Restarts take most of it"
    )

    @field_validator("api_url")
    @classmethod
    def _https_only(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if not value.strip() and not cls.model_fields["api_url"].is_required():
            return ""
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError("write the address as https://host:8083")
        return value.strip().rstrip("/").removesuffix("/api")

    @field_validator("secret_key")
    @classmethod
    def _whole_secret(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text and not cls.model_fields["secret_key"].is_required():
            return value
        if not SECRET_KEY.fullmatch(text):
            raise ValueError("the secret key has 40 letters and digits")
        return value


class FirstServer(ServerSettings):
    """The plugin's own settings: the first server. Empty until an address is given."""

    api_url: str = Field(
        default="", title="Address of the panel", description="https://panel.example.com:8083"
    )
    access_key: str = Field(default="", title="Access key", pattern=r"^$|^[A-Za-z0-9]{20}$")
    secret_key: SecretStr = Field(default=SecretStr(""), title="Secret key")

    def server(self) -> ServerSettings | None:
        """The server described here, if any. Raises: ValidationError when it is described half."""
        return ServerSettings.model_validate(self.model_dump()) if self.api_url else None


class ProductSettings(BaseModel):
    """What a hosting product is at the panel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str = Field(
        default="default", title="Package", pattern=PACKAGE, description="As it is called in the panel"
    )
    dns: bool = Field(default=True, title="DNS zone", description="Make one with the account")
    mail: bool = Field(default=True, title="Mail", description="Make the mail domain with the account")
    database: bool = Field(default=True, title="Database", description="Make one with the account")


class OrderSettings(BaseModel):
    """What the client is asked when ordering."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str = Field(
        default="",
        title="Domain name",
        max_length=253,
        description="Of the first website, such as example.com",
    )

    @field_validator("domain")
    @classmethod
    def _a_domain(cls, value: str) -> str:
        return domain_name(value) if value.strip() else ""


class NoQuestions(BaseModel):
    """The form of an action that asks nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DomainInput(BaseModel):
    """Which domain name of the account an action is about; empty: the first one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str = Field(default="", title="Domain name", max_length=253)

    @field_validator("domain")
    @classmethod
    def _a_domain(cls, value: str) -> str:
        return domain_name(value) if value.strip() else ""
