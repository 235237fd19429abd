"""What people type into account forms: checked here once, for pages, checkout and command line alike."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo

from ezcore.accounts.countries import LANGUAGES, countries
from ezcore.accounts.factors.rules import LONGEST_CODE, bare
from ezcore.accounts.regions import checked_region
from ezcore.accounts.rules import normal_email
from ezcore.accounts.tax_numbers import checked_tax_number
from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.rules import one_line

_POSTCODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")


def _email(value: str) -> str:
    try:
        return normal_email(value)
    except InvalidInput as error:
        raise ValueError(error.message) from error


def _country(value: str) -> str:
    if value not in countries():
        raise ValueError("Choose a country from the list")
    return value


def _region(value: str, info: ValidationInfo) -> str:
    """A state or province is one of the country's; the country stands before it among the fields."""
    try:
        return checked_region(info.data["country"], value) if "country" in info.data else value
    except InvalidInput as error:
        raise ValueError(error.message) from error


def _tax_number(value: str, info: ValidationInfo) -> str:
    """Shape and check digits as the country has them; the country stands before it among the fields."""
    try:
        return checked_tax_number(info.data["country"], value) if "country" in info.data else value
    except InvalidInput as error:
        raise ValueError(error.message) from error


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError("Choose a language from the list")
    return value


def _postcode(value: str) -> str:
    if value and _POSTCODE.fullmatch(value) is None:
        raise ValueError("A postcode has letters, digits, spaces and hyphens only")
    return value


def _accepted(value: str) -> str:
    if value != "yes":
        raise ValueError("Please accept the terms")
    return value


def _name(value: str) -> str:
    if not value:
        raise ValueError("Enter a name")
    return value


def _code(value: str) -> str:
    if not bare(value):
        raise ValueError("Enter the code")
    return value


def _password(value: SecretStr) -> SecretStr:
    if not value.get_secret_value():
        raise ValueError("Enter a password")
    return value


def _line(value: Any) -> Any:
    """Kept as typed, but one line: what a person pastes may bring line breaks and invisible characters."""
    return one_line(value) if isinstance(value, str) else value


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Country = Annotated[str, Field(max_length=2), AfterValidator(_country)]
Language = Annotated[str, Field(max_length=12), AfterValidator(_language)]
Name = Annotated[str, Field(max_length=80), BeforeValidator(_line), AfterValidator(_name)]
Line = Annotated[str, Field(max_length=120), BeforeValidator(_line)]
Place = Annotated[str, Field(max_length=80), BeforeValidator(_line)]
Postcode = Annotated[str, Field(max_length=16), BeforeValidator(_line), AfterValidator(_postcode)]
Region = Annotated[str, Field(max_length=80), BeforeValidator(_line), AfterValidator(_region)]
TaxNumber = Annotated[str, Field(max_length=40), BeforeValidator(_line), AfterValidator(_tax_number)]
Password = Annotated[SecretStr, AfterValidator(_password)]
"""As typed. Whether it is strong enough is asked by the operation, which knows the shop and the address."""


class Typed(BaseModel):
    """Parent of the inputs: immutable; unknown fields are ignored, so none can be smuggled in."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SignUpInput(Typed):
    """A new account. Only robots fill in `leave_empty`; `terms` is a box that must be ticked."""

    name: Name
    email: Email
    password: Password
    country: Country
    company: Line = ""
    tax_number: TaxNumber = ""
    terms: Annotated[str, AfterValidator(_accepted), Field(validate_default=True)] = ""
    leave_empty: Annotated[str, Field(max_length=0)] = ""


class LogInInput(Typed):
    """Credentials. Whatever is wrong with them is told in one and the same sentence."""

    email: Annotated[str, Field(max_length=1000)]
    password: Password


class ForgotInput(Typed):
    """The address of a forgotten password."""

    email: Email


class NewPasswordInput(Typed):
    """A password chosen by a link from a mail."""

    password: Password


class ChangePasswordInput(Typed):
    """A password changed by one who knows the old one."""

    current: Password
    password: Password


class ChangeEmailInput(Typed):
    """Another address to log in with, asked for by one who knows the password."""

    email: Email
    password: Password


class PasswordOnlyInput(Typed):
    """The password once more, before something grave."""

    password: Password


class CodeInput(Typed):
    """A one-time code or a recovery code, as people type it."""

    code: Annotated[str, Field(max_length=LONGEST_CODE), AfterValidator(_code)]


class ProfileInput(Typed):
    """Who is billed, where, in which language."""

    name: Name
    company: Line = ""
    line1: Line = ""
    line2: Line = ""
    postcode: Postcode = ""
    city: Place = ""
    country: Country
    region: Region = ""
    tax_number: TaxNumber = ""
    language: Language = "en"


class ClientInput(ProfileInput):
    """As staff correct a client: also the address that invoices go to, and whether services are billed one by one."""

    email: Email
    separate_invoices: bool = False


class NewClientInput(ProfileInput):
    """A client that staff make. With `invite` its owner is mailed a link to choose a password."""

    email: Email
    invite: bool = False
