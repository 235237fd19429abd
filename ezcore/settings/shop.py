"""Who sells, and where."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import field_validator

from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import EzError
from ezcore.languages import known_languages
from ezcore.settings.section import Section, setting


class Shop(Section):
    """Who sells, where, in which time zone and currency."""

    name: str = setting("EZ Solutions", "Shop name, printed on pages, invoices and mails", max_length=80)
    company: str = setting("EZ Solutions OÜ", "Legal name on invoices", max_length=120)
    address: str = setting("", "Postal address on invoices, lines separated by ';'", max_length=400)
    site_url: str = setting(
        "http://127.0.0.1:6543", "Address of the site; every link is built from it", env="SITE_URL"
    )
    time_zone: str = setting("Europe/Tallinn", "Time zone of business dates (IANA name)")
    currency: str = setting("EUR", "Default currency (ISO 4217)")

    language: str = setting("en", "Language of pages where the reader asked for none that is offered")
    languages: str = setting("en, de", "Languages that readers may choose, the shop's own among them")

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages that readers may choose."""
        return tuple(dict.fromkeys((*known_languages(self.languages), self.language)))

    @field_validator("language", "languages")
    @classmethod
    def _known_languages(cls, value: str) -> str:
        if not known_languages(value):
            raise ValueError("name at least one language, such as en")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(f"there is no time zone {value!r}") from error
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        try:
            return known_currency(value).code
        except EzError as error:
            raise ValueError(error.message) from error

    @field_validator("site_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")


# Hosts hand out all of these spellings; psycopg is the one PostgreSQL driver we ship.
