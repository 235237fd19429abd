"""Contacts of domain names: what is asked, how a phone number is written to a registry, plain letters for old ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from ezcore.accounts.countries import countries
from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.errors import BadRecipient
from ezcore.messaging.rules import check_address
from ezcore.plugin_api.ports.registrar import DomainContact, DomainContacts

ROLES: Final = ("registrant", "admin", "tech", "billing")
_TWO_DIGITS: Final = frozenset(
    [
        "20",
        "27",
        "30",
        "31",
        "32",
        "33",
        "34",
        "36",
        "39",
        "40",
        "41",
        "43",
        "44",
        "45",
        "46",
        "47",
        "48",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "57",
        "58",
        "60",
        "61",
        "62",
        "63",
        "64",
        "65",
        "66",
        "81",
        "82",
        "84",
        "86",
        "90",
        "91",
        "92",
        "93",
        "94",
        "95",
        "98",
    ]
)
# What Unicode does not take apart, as passports write it (ICAO 9303 part 3).
_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D", "ð": "d",
    "Ð": "D", "þ": "th", "Þ": "TH", "ł": "l", "Ł": "L", "\u0131": "i", "\u2019": "'", "\u2013": "-",
}  # fmt: skip
_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
_Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class ContactForm(BaseModel):
    """One contact as a form asks for it; texts are one line each."""

    model_config = ConfigDict(extra="ignore")

    name: _Needed = Field(title="Name")
    organization: _Line = Field(default="", title="Company")
    email: _Needed = Field(title="E-mail")
    phone: _Needed = Field(title="Phone", description="With the country code, such as +372 5551234")
    street: _Needed = Field(title="Street and number")
    city: _Needed = Field(title="City")
    state: _Line = Field(default="", title="State or region")
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16)] = Field(
        title="Postcode"
    )
    country: _Needed = Field(title="Country", description="Two letters, such as EE")

    @field_validator("*", mode="after")
    @classmethod
    def _one_line(cls, value: Any) -> Any:
        if isinstance(value, str) and any(ord(char) < ord(" ") or char == "\x7f" for char in value):
            raise ValueError("write one line")
        return value

    @field_validator("email")
    @classmethod
    def _email(cls, value: str) -> str:
        try:
            return str(check_address(value))
        except BadRecipient as error:
            raise ValueError("this is no e-mail address") from error

    @field_validator("phone")
    @classmethod
    def _phone(cls, value: str) -> str:
        try:
            return epp_phone(value)
        except InvalidInput as error:
            raise ValueError(error.message) from error

    @field_validator("country")
    @classmethod
    def _country(cls, value: str) -> str:
        code = value.upper()
        if code not in countries():
            raise ValueError("this is no country; write its two letters, such as EE")
        return code

    def to_contact(self) -> DomainContact:
        """As registrars are handed it."""
        return DomainContact(
            name=self.name,
            organization=self.organization,
            email=self.email,
            phone=self.phone,
            street=(self.street,),
            city=self.city,
            state=self.state,
            postcode=self.postcode,
            country=self.country,
        )

    @classmethod
    def of(cls, contact: Mapping[str, Any]) -> ContactForm:
        """From a stored contact."""
        return ContactForm.model_construct(**{**contact, "street": ", ".join(contact.get("street", ()))})


def epp_phone(typed: str) -> str:
    """`+CC.NUMBER` (RFC 5733, section 2.5) from however a person writes it. Raises: InvalidInput(field="phone")."""
    text = re.sub(r"^00", "+", re.sub(r"\(0\)", "", typed.strip()))
    digits = re.sub(r"[\s().\-/]", "", text)
    if re.fullmatch(r"\+[1-9][0-9]{5,14}", digits) is None:
        raise InvalidInput("write the number with its country code, such as +372 5551234", field="phone")
    bare = digits[1:]
    cut = 1 if bare[0] in "17" else 2 if bare[:2] in _TWO_DIGITS else 3
    return f"+{bare[:cut]}.{bare[cut:]}"


def plain_letters(text: str) -> str:
    """The text in ASCII, accents taken off; what has no plain form stays, so that it can be seen."""
    mapped = "".join(_LETTERS.get(char, char) for char in text)
    return "".join(char for char in unicodedata.normalize("NFKD", mapped) if not unicodedata.combining(char))


def check_letters(contact: DomainContact, *, prefix: str = "") -> None:
    """For a registry that takes plain letters only (B065). Raises: InvalidInput saying what to write instead."""
    for name, value in contact.model_dump(exclude={"extra", "phone", "country", "email"}).items():
        text = ", ".join(value) if isinstance(value, tuple) else str(value)
        if text.isascii():
            continue
        plain = plain_letters(text)
        words = f"write {plain!r}" if plain.isascii() else "write it in Latin letters"
        raise InvalidInput(f"this registry takes plain letters only: {words}", field=f"{prefix}{name}")


def contacts_of(stored: Mapping[str, Any]) -> DomainContacts:
    """The stored contacts as registrars are handed them."""
    return DomainContacts.model_validate(stored)
