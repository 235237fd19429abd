"""The value behind every document: whatever page, PDF and e-invoice show is read from here, so they agree (I11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from ezcore.kernel.money import Money
from ezcore.kernel.period import Period

# Bidirectional overrides turn printed digits around; U+FFFE and U+FFFF exist in no document.
_NEVER: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


class DocumentKind(StrEnum):
    """What a document is. Amounts of a credit note are positive: it is taken off by being one."""

    INVOICE = "invoice"
    PROFORMA = "proforma"
    DEBIT_NOTE = "debit_note"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True)
class Party:
    """Seller or buyer as they were when the document was issued. `country` is ISO 3166-1 alpha-2, or empty.

    `address` is the postal address as printed lines, without the country; the parts are empty in old copies.
    """

    name: str
    company: str = ""
    address: tuple[str, ...] = ()
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    tax_number: str = ""
    email: str = ""

    @classmethod
    def from_copy(cls, copy: Mapping[str, Any]) -> Self:
        """From the copy that an invoice keeps; one made before addresses had parts is read as well."""
        text = {name: clean(str(copy.get(name) or "")) for name in cls.__dataclass_fields__}
        given = text["address"].replace(";", "\n").split("\n")
        town = " ".join(part for part in (text["postcode"], text["city"]) if part)
        parts = (text["line1"], text["line2"], town, text["region"])
        lines = tuple(line for line in parts if line) or tuple(line.strip() for line in given if line.strip())
        return cls(**{**text, "address": lines})  # type: ignore[arg-type] # every other field is text

    @property
    def legal_name(self) -> str:
        """The company, or the person where there is none."""
        return self.company or self.name


@dataclass(frozen=True)
class TaxGroup:
    """One tax of the document: `tax` is `rate_ppm` millionths of `base`. `category` is the code of EN 16931."""

    name: str
    rate_ppm: int
    category: str
    base: Money
    tax: Money
    level: int = 1
    compound: bool = False


@dataclass(frozen=True)
class DocumentLine:
    """One line. `net` is without tax and is what counts; `unit` is the net price of one piece, perhaps rounded.

    `taxes` are positions in the document's tax groups. `period` has an exclusive end.
    """

    description: str
    net: Money
    quantity: int
    unit: Money
    detail: str = ""
    period: Period | None = None
    taxes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Note:
    """A paragraph under the totals, such as how to pay."""

    title: str
    text: str


@dataclass(frozen=True)
class InvoiceDocument:
    """Everything a document shows, as it was issued; dates are days of the shop.

    total = net + tax and due = total - paid - credited; `prepaid` is the part that was paid already when it was issued
    (an invoice made of a paid proforma). `corrects` is the number of the invoice that a credit note
    takes back, `corrects_on` its date. `pay_link` is absolute.
    """

    kind: DocumentKind
    number: str
    issued_on: date
    due_on: date | None
    tax_point: date | None
    seller: Party
    buyer: Party
    currency: str
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxGroup, ...]
    net: Money
    tax: Money
    total: Money
    paid: Money
    credited: Money
    prepaid: Money
    treatment: str = "taxed"
    tax_note: str = ""
    notes: tuple[Note, ...] = ()
    pay_link: str = ""
    corrects: str = ""
    corrects_on: date | None = None
    reason: str = ""
    language: str = "en"

    @property
    def due(self) -> Money:
        """What is still open; zero for a credit note, which asks for nothing."""
        if self.kind == DocumentKind.CREDIT_NOTE:
            return Money.zero(self.currency)
        return self.total - self.paid - self.credited

    def as_issued(self) -> InvoiceDocument:
        """Without what happened afterwards: files are made of this, so making them later gives the same bytes."""
        return replace(self, paid=self.prepaid, credited=Money.zero(self.currency))

    def groups_of(self, line: DocumentLine) -> tuple[TaxGroup, ...]:
        """The taxes of one line."""
        return tuple(self.taxes[position] for position in line.taxes)


def file_name(document: InvoiceDocument, extension: str) -> str:
    """What a downloaded file is called: `invoice-2026-00042.pdf`."""
    number = re.sub(r"[^A-Za-z0-9._-]+", "-", document.number)
    return f"{document.kind.replace('_', '-')}-{number}.{extension}"


def clean(text: str) -> str:
    """Text that every format can hold: no control characters but line breaks, no surrogates, no overrides."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        char
        for char in text
        if char == "\n" or (char not in _NEVER and unicodedata.category(char) not in _UNPRINTABLE)
    )


def rate_text(rate_ppm: int) -> str:
    """A rate in percent as a plain decimal number: 220000 is `22`, 82500 is `8.25`."""
    whole, rest = divmod(abs(rate_ppm), 10_000)
    sign = "-" if rate_ppm < 0 else ""
    return f"{sign}{whole}" + (f".{rest:04d}".rstrip("0") if rest else "")
