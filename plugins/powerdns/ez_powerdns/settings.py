"""What staff fill in: where the server's API is, its key, and the nameservers that new zones name."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class PowerDnsSettings(BaseModel):
    """One PowerDNS authoritative server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = Field(
        default="",
        title="API address",
        description="https://dns.example.com:8081; http only for this machine",
    )
    api_key: SecretStr = Field(default=SecretStr(""), title="API key")
    server_id: str = Field(default="localhost", title="Server", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    nameservers: str = Field(
        default="",
        title="Nameservers",
        description="Of new zones, separated by spaces: ns1.example.net ns2.example.net",
    )
    kind: str = Field(default="Native", title="Kind of new zones", pattern="^(Native|Master)$")
    ttl: int = Field(default=3600, title="Time to live of records without one (s)", ge=1, le=604_800)
    ca_file: str = Field(
        default="", title="CA file", description="Own certificate authority (path of a PEM file)"
    )
    timeout: float = Field(default=10, title="Seconds per call", ge=1, le=120)

    @field_validator("api_url")
    @classmethod
    def _https_only(cls, value: str) -> str:
        text = value.strip().rstrip("/")
        parts = urlsplit(text)
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK
        if text and (
            (parts.scheme != "https" and not plain) or not parts.hostname or parts.username or parts.query
        ):
            raise ValueError("write the address as https://host:8081")
        return text.removesuffix("/api/v1")

    @field_validator("api_key")
    @classmethod
    def _no_line_breaks(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if not text.isascii() or any(char.isspace() for char in text):
            raise ValueError("copy the key without spaces")
        return SecretStr(text)

    @field_validator("nameservers")
    @classmethod
    def _hosts(cls, value: str) -> str:
        hosts = [host.lower().rstrip(".") for host in value.replace(",", " ").split()]
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ValueError(f"{host[:80]} is no host name")
        return " ".join(hosts)

    @property
    def hosts(self) -> list[str]:
        """The nameservers, without last dots."""
        return self.nameservers.split()
