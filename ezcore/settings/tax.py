"""Which taxes are charged."""

from __future__ import annotations

from typing import Self

from pydantic import field_validator, model_validator
from stdnum.eu.vat import MEMBER_STATES

from ezcore.settings.section import Section, setting


class Tax(Section):
    """Which taxes are charged. The rates themselves are rules with dates, in the admin area under Taxes."""

    scheme: str = setting(
        "none",
        "none; rules (by country and region of the client); eu_vat (VAT of the European Union)",
        pattern="^(none|rules|eu_vat)$",
    )
    seller_country: str = setting(
        "", "Where the seller is established (ISO 3166-1 alpha-2)", pattern="^([A-Z]{2})?$"
    )
    seller_tax_number: str = setting(
        "", "Tax number printed on invoices, with its country prefix in the Union", max_length=20
    )
    prices: str = setting(
        "exclusive", "Prices of the catalog: exclusive or inclusive of tax", pattern="^(exclusive|inclusive)$"
    )
    oss: bool = setting(
        default=False, note="Consumers of other member states pay the rate of their country (One Stop Shop)"
    )
    vies_url: str = setting(
        "https://ec.europa.eu/taxation_customs/vies/rest-api",
        "Where VAT numbers are checked; empty: never asked, staff decide",
    )
    vies_seconds: int = setting(10, "How long one question to the register may take", ge=1, le=60)

    @field_validator("seller_tax_number")
    @classmethod
    def _compact(cls, value: str) -> str:
        return value.replace(" ", "").upper()

    @field_validator("vies_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _established(self) -> Self:
        if self.scheme == "eu_vat" and self.seller_country.lower() not in MEMBER_STATES - {"xi"}:
            raise ValueError(
                "ez.tax.scheme eu_vat needs ez.tax.seller_country to be a member state, such as EE"
            )
        return self

    @property
    def inclusive(self) -> bool:
        """Do catalog prices contain the tax?"""
        return self.prices == "inclusive"
