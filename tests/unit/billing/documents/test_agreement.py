"""I11: the PDF, the e-invoices and the invoice itself show the same sums, for any cart, tax and currency."""

from __future__ import annotations

import os
from decimal import Decimal

from hypothesis import given, settings

from ezcore.billing.documents import einvoice
from ezcore.billing.documents.document import DocumentKind, InvoiceDocument
from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.printed import print_money
from ezcore.billing.documents.rendering import render
from ezcore.themes.chain import theme_chain
from ezcore.themes.finding import find_themes
from tests.unit.billing.documents.made import documents
from tests.unit.billing.documents.reading import assert_valid, attached, cii_sums, find, ubl_sums, words

BASE = theme_chain("base", find_themes())
LINE = "ram:SpecifiedLineTradeSettlement"
HEAD = "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
MANY = 1000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 100


@given(documents())
@settings(max_examples=MANY)
def test_pdf_and_e_invoices_show_the_sums_of_the_invoice(document: InvoiceDocument):
    pdf = render(document, FileFormat.PDF, BASE)
    xml, ubl = attached(pdf)["factur-x.xml"], render(document, FileFormat.UBL, BASE)
    shown = words(pdf)
    for amount in (document.net, document.total) if document.taxes else (document.total,):
        assert print_money(amount, "en") in shown
    credit = document.kind == DocumentKind.CREDIT_NOTE
    sums = {
        "lines": document.net.decimal,
        "net": document.net.decimal,
        "tax": document.tax.decimal,
        "total": document.total.decimal,
        "due": document.total.decimal if credit else document.due.decimal,
    }
    assert cii_sums(xml) == sums
    assert ubl_sums(ubl) == sums
    assert xml == einvoice.cii(document)
    assert_valid(xml)
    assert_valid(ubl)


@given(documents())
@settings(max_examples=MANY)
def test_the_rules_of_the_norm_that_no_schema_checks_hold(document: InvoiceDocument):
    """BR-CO-10, BR-CO-14, BR-CO-15, BR-27, and BR-S-08 and its kin: bases are the sums of their lines."""
    xml = einvoice.cii(document)
    nets = [
        Decimal(text) for text in find(xml, f"{LINE}/ram:SpecifiedTradeSettlementLineMonetarySummation/*")
    ]
    quantities = [Decimal(text) for text in find(xml, "ram:BilledQuantity")]
    prices = [Decimal(text) for text in find(xml, "ram:NetPriceProductTradePrice/ram:ChargeAmount")]
    sums = cii_sums(xml)
    assert sum(nets) == sums["lines"]
    assert all(price >= 0 for price in prices)
    assert all((net < 0) == (quantity < 0) for net, quantity in zip(nets, quantities, strict=True) if net)
    bases = [Decimal(text) for text in find(xml, f"{HEAD}/ram:BasisAmount")]
    taxes = [Decimal(text) for text in find(xml, f"{HEAD}/ram:CalculatedAmount")]
    assert sum(bases) == sums["net"]
    assert sum(taxes) == sums["tax"]
    assert sums["net"] + sums["tax"] == sums["total"]
    categories = find(xml, f"{HEAD}/ram:CategoryCode")
    assert set(categories) == set(find(xml, f"{LINE}/ram:ApplicableTradeTax/ram:CategoryCode"))
