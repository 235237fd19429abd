"""What is asked when a domain name is ordered, checked field by field; and what the product says of its ending."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ezcore.domain_names.names.contacts import ContactForm, check_letters
from ezcore.domain_names.names.rules import parse_name, parse_nameservers
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.registrar import DomainContact, DomainContacts

OWNER = "owner_"
Kind = Literal["register", "transfer"]


class DomainProduct(BaseModel):
    """Settings of a product that is an ending: which one, and whether names are registered or brought here."""

    model_config = ConfigDict(extra="ignore")

    tld: str = Field(title="Ending", description="Without the first dot, such as com")
    kind: Kind = "register"


class DomainOrder(BaseModel):
    """A name with its years and wishes. The owner is asked as ContactForm, field by field."""

    model_config = ConfigDict(extra="ignore", validate_default=False)

    domain: str = Field(title="Domain name", description="Such as example.com")
    years: int = Field(default=1, ge=1, le=10, title="Years")
    nameservers: list[str] = Field(
        default_factory=list, title="Nameservers", description="One per line; leave empty to use ours"
    )
    privacy: bool = Field(default=False, title="Hide my address in the public directory")
    owner: dict[str, Any] = Field(default_factory=dict, json_schema_extra={"ui": {"widget": "none"}})
    code_sealed: str = ""

    @field_validator("domain")
    @classmethod
    def _domain(cls, value: str) -> str:
        try:
            return parse_name(value)
        except InvalidInput as error:
            raise ValueError(error.message) from error

    @field_validator("nameservers")
    @classmethod
    def _nameservers(cls, value: list[str], info: Any) -> list[str]:
        if not value:
            return value
        try:
            return list(parse_nameservers(value, info.data.get("domain", "")))
        except InvalidInput as error:
            raise ValueError(error.message) from error

    def contacts(self, *, ascii_only: bool) -> DomainContacts:
        """The contacts to send. Raises: InvalidInput (non-ASCII letters), ValidationError (incomplete)."""
        owner = owner_of(self.owner)
        if ascii_only:
            check_letters(owner, prefix=OWNER)
        return DomainContacts(registrant=owner)


def owner_of(stored: dict[str, Any]) -> DomainContact:
    """The owner, whether stored as a form or as a contact. Raises: ValidationError."""
    if isinstance(stored.get("street"), list | tuple):
        return DomainContact.model_validate(stored)
    return ContactForm.model_validate(stored).to_contact()
