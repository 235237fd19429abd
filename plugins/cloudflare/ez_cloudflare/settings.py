"""What staff fill in: the API token and the account it works in."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

API: Final = "https://api.cloudflare.com/client/v4"
IDENTIFIER: Final = re.compile(r"[0-9a-f]{32}")
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,200}")
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class CloudflareSettings(BaseModel):
    """One Cloudflare account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_token: SecretStr = Field(
        default=SecretStr(""), title="API token", description="Zone: edit, DNS: edit, Registrar: edit"
    )
    account_id: str = Field(
        default="", title="Account", description="32 hexadecimal digits, on the account's overview page"
    )
    api_base: str = Field(
        default=API, title="API address", description="For sandboxes; plain http only for this machine"
    )
    ca_file: str = Field(default="", title="CA file", description="Trust of a sandbox (path of a PEM file)")
    timeout: float = Field(default=20, title="Seconds per call", ge=1, le=120)

    @field_validator("api_token")
    @classmethod
    def _a_token(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if text and not TOKEN.fullmatch(text):
            raise ValueError("copy the token as Cloudflare shows it, without spaces or quotes")
        return SecretStr(text)

    @field_validator("account_id")
    @classmethod
    def _an_account(cls, value: str) -> str:
        text = value.strip().lower()
        if text and not IDENTIFIER.fullmatch(text):
            raise ValueError("the account's id has 32 hexadecimal digits")
        return text

    @field_validator("api_base")
    @classmethod
    def _https_only(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK
        if (parts.scheme != "https" and not plain) or not parts.hostname or parts.username or parts.query:
            raise ValueError("write the address as https://host/path")
        return value.strip().rstrip("/")
