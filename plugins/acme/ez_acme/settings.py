"""What staff fill in: the authority's directory, whom it may write to, and its account binding if it wants one."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

LETS_ENCRYPT: Final = "https://acme-v02.api.letsencrypt.org/directory"
MAIL: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


class AcmeSettings(BaseModel):
    """One account at one authority."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    directory_url: str = Field(
        default=LETS_ENCRYPT, title="Directory", description="Address of the ACME directory"
    )
    contact_email: str = Field(
        default="", title="Contact", description="Where the authority writes before something expires"
    )
    terms_agreed: bool = Field(
        default=False, title="We agree to the authority's terms", description="Without it nothing is issued"
    )
    eab_key_id: str = Field(
        default="", title="Account binding: key id", description="Only where the authority asks for it"
    )
    eab_hmac_key: SecretStr = Field(default=SecretStr(""), title="Account binding: HMAC key (base64url)")
    ca_file: str = Field(
        default="", title="CA file", description="Trust of an authority of your own (path of a PEM file)"
    )
    timeout: float = Field(default=30, title="Seconds per call", ge=1, le=120)

    @field_validator("directory_url")
    @classmethod
    def _https_only(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("write the address as https://authority.example/directory")
        return value.strip()

    @field_validator("contact_email")
    @classmethod
    def _one_address(cls, value: str) -> str:
        address = value.strip()
        if address and not MAIL.fullmatch(address):
            raise ValueError("write one e-mail address")
        return address

    @field_validator("eab_hmac_key")
    @classmethod
    def _base64url(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip().rstrip("=")
        try:
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("copy the key as the authority shows it (base64url)") from None
        return SecretStr(text)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.eab_key_id) != bool(self.eab_hmac_key.get_secret_value()):
            raise ValueError("an account binding needs both its key id and its HMAC key")
        return self
