"""What staff fill in: whose account it is, and which. The admin form is made from this model."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ez_banktransfer.iban import read_iban


def _bic(text: str) -> str:
    # ISO 9362: bank (4), country (2), place (2), branch (3, optional).
    bic = "".join(text.split()).upper()
    if bic and not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise ValueError("write a BIC of 8 or 11 characters, such as HABAEE2X")
    return bic


class BankTransferSettings(BaseModel):
    """The account that clients pay to."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    account_holder: str = Field(
        description="Who is paid, as the bank knows them", min_length=1, max_length=70
    )
    iban: Annotated[str, AfterValidator(read_iban)] = Field(description="The account, as an IBAN")
    bic: Annotated[str, AfterValidator(_bic)] = Field(default="", description="The bank's BIC (optional)")
    bank: str = Field(default="", description="The bank's name (optional)", max_length=70)
    currencies: tuple[str, ...] = Field(
        default=(), description="Only invoices in these currencies say how to pay; empty: all"
    )

    def takes(self, currency: str) -> bool:
        """Can money in this currency be sent to the account?"""
        return not self.currencies or currency in self.currencies
