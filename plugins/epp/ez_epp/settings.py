"""What staff fill in: where the registry listens and the login it gave us."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

HOST: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
USERNAME_LENGTHS: Final = (3, 16)
PASSWORD_LENGTHS: Final = (6, 64)


class EppSettings(BaseModel):
    """One login at one registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(
        default="", title="Registry's EPP host", description="epp.registry.example, without a port"
    )
    port: int = Field(default=700, title="Port", ge=1, le=65535)
    username: str = Field(
        default="", title="Login (clID)", description="3 to 16 characters, as the registry gave it"
    )
    password: SecretStr = Field(default=SecretStr(""), title="Password", description="6 to 64 characters")
    ca_file: str = Field(
        default="", title="CA file", description="PEM of the registry's own authority, if it has one"
    )
    client_certificate: str = Field(
        default="", title="Client certificate", description="PEM with certificate and key"
    )
    timeout: float = Field(default=20, title="Seconds per call", ge=1, le=120)

    @field_validator("host")
    @classmethod
    def _a_host(cls, value: str) -> str:
        text = value.strip().lower().rstrip(".")
        if text and not HOST.fullmatch(text):
            raise ValueError("write the host alone, as epp.registry.example")
        return text

    @field_validator("username")
    @classmethod
    def _a_login(cls, value: str) -> str:
        text = value.strip()
        if text and not USERNAME_LENGTHS[0] <= len(text) <= USERNAME_LENGTHS[1]:
            raise ValueError("a login has 3 to 16 characters")
        return text

    @field_validator("password")
    @classmethod
    def _a_password(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not PASSWORD_LENGTHS[0] <= len(text) <= PASSWORD_LENGTHS[1]:
            raise ValueError("a password has 6 to 64 characters")
        return value

    @field_validator("ca_file", "client_certificate")
    @classmethod
    def _a_file(cls, value: str) -> str:
        text = value.strip()
        if text and not Path(text).is_file():
            raise ValueError("there is no such file")
        return text
