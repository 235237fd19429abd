"""Factur-X and UBL: valid by their schemas for every kind of tax, or not offered, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from facturx import xml_check_xsd

from ezcore.billing.documents import einvoice
from ezcore.billing.documents.document import DocumentKind, DocumentLine, Party
from ezcore.billing.documents.einvoice import NoEInvoice, why_none
from ezcore.kernel.money import Money
from tests.unit.billing.documents.made import BUYER, SELLER, ZERO, document, euro, group
from tests.unit.billing.documents.reading import cii_sums, find, ubl_sums

HOSTILE = Party("<script>&\"'", company="]]> <!-- &amp; {{7*7}} #evil $x$", line1="<b>", country="DE")


def untaxed(category, **changed):
    """The two servers with a tax of nothing."""
    return document(taxes=(group(0, category, 2000, 0),), tax=ZERO, total=euro(2000), **changed)


def credit_note(**changed):
    return document(
        kind=DocumentKind.CREDIT_NOTE, number="CN-2026-00001", due_on=None, tax_point=None,
        corrects="2026-00042", corrects_on=date(2026, 3, 1), reason="Paid twice", **changed,
    )  # fmt: skip


@pytest.mark.parametrize(
    "shown",
    [
        document(),
        untaxed("AE", tax_note="Reverse charge, Art. 196 Directive 2006/112/EC"),
        untaxed("E", tax_note="Charity"),
        untaxed("Z"),
        untaxed("O", tax_note="Not subject to EU VAT"),
        document(kind=DocumentKind.DEBIT_NOTE, number="DN-1"),
        document(tax_point=date(2026, 2, 27)),
        document(buyer=HOSTILE),
        document(buyer=Party("王小明 🚀", country="CN", address=("一号",))),
        document(prepaid=euro(2440), paid=euro(2440)),
        credit_note(),
    ],
    ids=["S", "AE", "E", "Z", "O", "debit", "tax point", "hostile", "chinese", "prepaid", "credit note"],
)
def test_both_files_are_valid_by_the_official_schemas(shown):
    refund = shown.kind == DocumentKind.CREDIT_NOTE
    assert xml_check_xsd(einvoice.cii(shown), flavor="factur-x", level="en16931")
    assert xml_check_xsd(einvoice.ubl(shown), flavor="ubl-2.1-creditnote" if refund else "ubl-2.1-invoice")


def test_the_sums_are_those_of_the_invoice():
    expected = {
        "lines": 20,
        "net": 20,
        "tax": euro(440).decimal,
        "total": euro(2440).decimal,
        "due": euro(2440).decimal,
    }
    assert cii_sums(einvoice.cii(document())) == expected
    assert ubl_sums(einvoice.ubl(document())) == expected


def test_what_was_paid_before_the_issue_is_not_asked_for_again():
    paid = document(prepaid=euro(2440), paid=euro(2440))
    assert cii_sums(einvoice.cii(paid))["due"] == 0
    assert find(einvoice.ubl(paid), "cbc:PrepaidAmount") == ["24.40"]


def test_a_credit_note_is_type_381_and_names_the_invoice_it_takes_back():
    xml = einvoice.cii(credit_note())
    assert find(xml, "rsm:ExchangedDocument/ram:TypeCode") == ["381"]
    assert find(xml, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == ["2026-00042"]
    assert b"<CreditNote " in einvoice.ubl(credit_note())


@pytest.mark.parametrize(("category", "code"), [("AE", "VATEX-EU-AE"), ("O", "VATEX-EU-O")])
def test_an_exemption_says_why(category, code):
    xml = einvoice.cii(untaxed(category, tax_note="Because of the law"))
    assert find(xml, "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:ExemptionReason") == [
        "Because of the law"
    ]
    assert find(xml, "ram:ExemptionReasonCode") == [code]


def test_outside_the_scope_of_tax_there_are_no_rates_and_no_vat_numbers():
    xml = einvoice.cii(untaxed("O"))
    assert find(xml, "ram:RateApplicablePercent") == []
    assert find(xml, "ram:SpecifiedTaxRegistration/ram:ID") == []


def test_a_discount_has_a_negative_quantity_because_a_price_is_never_negative():
    off = DocumentLine("Discount", euro(-500), 1, euro(-500), taxes=(0,))
    shown = document(
        lines=(*document().lines, off),
        taxes=(group(220_000, "S", 1500, 330),),
        net=euro(1500), tax=euro(330), total=euro(1830),
    )  # fmt: skip
    xml = einvoice.cii(shown)
    assert find(xml, "ram:BilledQuantity") == ["1", "1", "-1"]
    assert find(xml, "ram:NetPriceProductTradePrice/ram:ChargeAmount") == ["10.00", "10.00", "5.00"]
    assert find(xml, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount")[2] == "-5.00"


def test_a_rounded_unit_price_is_given_for_all_pieces_together():
    # 3 pieces of 10.00 with 22 % inside are 24.59 net: no price of one piece with two decimals gives that.
    line = DocumentLine("Disk", euro(2459), 3, euro(820), taxes=(0,))
    shown = document(
        lines=(line,),
        taxes=(group(220_000, "S", 2459, 541),),
        net=euro(2459),
        tax=euro(541),
        total=euro(3000),
    )
    xml = einvoice.cii(shown)
    assert find(xml, "ram:NetPriceProductTradePrice/ram:ChargeAmount") == ["24.59"]
    assert find(xml, "ram:NetPriceProductTradePrice/ram:BasisQuantity") == ["3"]
    assert find(xml, "ram:BilledQuantity") == ["3"]


def test_one_group_per_rate_and_category_however_they_are_called():
    lines = (replace(document().lines[0], taxes=(0,)), replace(document().lines[1], taxes=(1,)))
    same = (group(220_000, "S", 1000, 220), replace(group(220_000, "S", 1000, 220), name="State VAT"))
    xml = einvoice.cii(document(lines=lines, taxes=same))
    assert find(xml, "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:BasisAmount") == [
        "20.00"
    ]


def test_a_seller_without_country_prefix_gives_a_tax_number_not_a_vat_number():
    xml = einvoice.cii(document(seller=replace(SELLER, tax_number="101234567")))
    assert b'<ram:ID schemeID="FC">101234567' in xml


TWO_LEVELS = (group(50_000, "S", 2000, 100), group(70_000, "S", 2100, 147, level=2, compound=True))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (document(kind=DocumentKind.PROFORMA), "proforma"),
        (document(taxes=TWO_LEVELS), "two levels"),
        (document(lines=(replace(document().lines[0], taxes=(0, 1)),), taxes=(group(1, "S", 1, 0),) * 2), "two levels"),
        (document(lines=()), "needs a line"),
        (document(seller=replace(SELLER, country="")), "countries"),
        (document(buyer=replace(BUYER, country="")), "countries"),
        (document(buyer=replace(BUYER, name="", company="")), "names"),
        (document(seller=replace(SELLER, tax_number="")), "seller's tax number"),
        (untaxed("AE", buyer=replace(BUYER, tax_number="")), "Reverse charge needs"),
        (document(taxes=(group(220_000, "IGIC", 2000, 440),)), "IGIC"),
        (
            document(
                lines=(document().lines[0], replace(document().lines[1], taxes=(1,))),
                taxes=(group(220_000, "S", 1000, 220), group(0, "O", 1000, 0)),
            ),
            "does not mix",
        ),
    ],
)  # fmt: skip
def test_what_the_norm_cannot_say_is_refused_in_words(shown, words):
    assert words in why_none(shown)
    for make in (einvoice.cii, einvoice.ubl):
        with pytest.raises(NoEInvoice, match=words):
            make(shown)


def test_a_currency_with_three_decimals_has_no_e_invoice():
    dinar = Money(1234, "BHD")
    line = DocumentLine("Server", dinar, 1, dinar)
    sums = {"net": dinar, "total": dinar, "tax": Money(0, "BHD"), "paid": Money(0, "BHD")}
    shown = document(
        currency="BHD", lines=(line,), taxes=(), **sums, credited=Money(0, "BHD"), prepaid=Money(0, "BHD")
    )
    assert "two decimals" in why_none(shown)


def test_an_invalid_file_never_leaves_the_house(monkeypatch):
    # Without any fact about the delivery the library writes an empty element, which the schema refuses.
    monkeypatch.setattr(einvoice, "_when", lambda _document: {})
    with pytest.raises(NoEInvoice, match="not be valid"):
        einvoice.cii(document())
