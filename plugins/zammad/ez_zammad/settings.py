"""What staff fill in: where Zammad is, the token of its agent, and where tickets go there."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
SHORTEST_SECRET: Final = 16


class ZammadSettings(BaseModel):
    """One Zammad."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = Field(
        default="", title="Address", description="https://desk.example.com; http only for this machine"
    )
    token: SecretStr = Field(
        default=SecretStr(""),
        title="Access token",
        description="Of an agent of its own for the shop, with the right ticket.agent",
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        title="Webhook secret",
        description="The HMAC SHA1 signature token of Zammad's webhook; at least 16 characters",
    )
    group: str = Field(default="Users", title="Group of new tickets", min_length=1, max_length=150)
    search_seconds: int = Field(
        default=120,
        title="Seconds before the search for a lost ticket",
        description="So long a try waits after one whose answer was lost; it may still be on its way",
        ge=1,
        le=3600,
    )
    department_groups: str = Field(
        default="",
        title="Groups of departments",
        description="Of those whose tickets go elsewhere, with semicolons between: Sales = Sales desk; Abuse = Abuse",
        max_length=4000,
    )
    ca_file: str = Field(
        default="", title="CA file", description="Own certificate authority (path of a PEM file)"
    )
    timeout: float = Field(default=20, title="Seconds per call", ge=1, le=120)

    @field_validator("api_url")
    @classmethod
    def _https_only(cls, value: str) -> str:
        text = value.strip().rstrip("/")
        parts = urlsplit(text)
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK
        if text and (
            (parts.scheme != "https" and not plain) or not parts.hostname or parts.username or parts.query
        ):
            raise ValueError("write the address as https://desk.example.com")
        return text.removesuffix("/api/v1")

    @field_validator("department_groups")
    @classmethod
    def _readable_groups(cls, value: str) -> str:
        _groups(value)
        return value

    @field_validator("token", "webhook_secret")
    @classmethod
    def _no_line_breaks(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if not text.isascii() or any(char.isspace() for char in text):
            raise ValueError("copy it without spaces")
        return SecretStr(text)

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError("at least 16 characters")
        return value

    def group_of(self, department: str) -> str:
        """Where tickets of a department of ours go; case is no matter."""
        return _groups(self.department_groups).get(department.strip().casefold(), self.group)


def _groups(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(str.strip, text.replace("\n", ";").split(";")):
        department, equals, group = (part.strip() for part in line.partition("="))
        if not department or not equals or not group:
            raise ValueError("write it as: Sales = Sales desk; Abuse = Abuse")
        found[department.casefold()] = group
    return found
