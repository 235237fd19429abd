"""I11 and acceptance 8: for random invoices of real clients, page, PDF, Factur-X and UBL show the same sums."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest
from facturx import get_facturx_xml_from_pdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ezcore.accounts.models import Client, TaxNumberState
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes.operations import NewRule
from ezcore.kernel.actor import Actor
from ezcore.settings import Tax
from tests.unit.billing.documents.made import drafts
from tests.unit.billing.documents.reading import assert_valid, cii_sums, ubl_sums, words

MANY = 1000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 200
STAFF = Actor("staff", 1, None, frozenset({"billing.manage", "taxes.manage"}), "Kadri")
FOREVER = date(2020, 1, 1)
SELLER = {"scheme": "eu_vat", "seller_country": "EE", "seller_tax_number": "EE101234567"}
# Who buys decides about the tax: at home, at home with a number, reverse charge, outside the Union, exempt.
BUYERS = {
    "ann@home.example": {"country": "EE"},
    "firm@home.example": {"country": "EE", "tax_number": "EE100594102"},
    "firm@union.example": {"country": "DE", "tax_number": "DE136695976"},
    "person@union.example": {"country": "FR"},
    "firm@far.example": {"country": "US"},
    "charity@home.example": {"country": "EE", "tax_exempt": True},
}


@pytest.fixture
def street(shop, as_client):
    """A shop in Estonia with two rates, and a browser per buyer."""
    shop.work.settings = replace(shop.work.settings, tax=Tax(**SELLER))
    browsers = {email: as_client(email, email.split("@")[0]) for email in BUYERS}
    with shop.work.write(STAFF) as uow:
        for tax_class, rate in (("standard", 240_000), ("reduced", 90_000)):
            taxes.add_rule(uow, NewRule("VAT", rate, FOREVER, country="EE", tax_class=tax_class))
        for client in uow.session.scalars(select(Client)):
            for name, value in BUYERS[client.email].items():
                setattr(client, name, value)
            if client.tax_number:
                client.tax_number_state = TaxNumberState.VALID
    return shop, browsers


def issue(shop, email, lines, inclusive):
    prices = "inclusive" if inclusive else "exclusive"
    shop.work.settings = replace(shop.work.settings, tax=Tax(**SELLER, prices=prices))
    with shop.work.write() as uow:
        client = uow.session.scalars(select(Client.id).where(Client.email == email)).one()
        return invoices.issue(uow, client, "EUR", lines, due_on=uow.today())


@pytest.mark.slow
@given(email=st.sampled_from(sorted(BUYERS)), lines=drafts(), inclusive=st.booleans())
@settings(max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_page_pdf_and_e_invoices_show_the_same_sums(street, email, lines, inclusive):
    shop, browsers = street
    invoice = issue(shop, email, lines, inclusive)
    address = f"/billing/invoices/{invoice.number}"
    page = browsers[email].get(f"{address}/", status=200)
    pdf = browsers[email].get(f"{address}/pdf/", status=200).body
    ubl = browsers[email].get(f"{address}/ubl/", status=200).body
    name, xml = get_facturx_xml_from_pdf(pdf, check_xsd=False)
    assert name == "factur-x.xml"
    assert_valid(xml)
    assert_valid(ubl)
    assert cii_sums(xml) == ubl_sums(ubl)
    assert cii_sums(xml) == {
        "lines": invoice.net.decimal,
        "net": invoice.net.decimal,
        "tax": invoice.tax.decimal,
        "total": invoice.total.decimal,
        "due": invoice.total.decimal,
    }
    printed = words(pdf)
    for word, amount in on_page(page):
        assert f"{word} {amount}" in printed, word


def on_page(page):
    """The rows of sums of the invoice page, as words and amounts; what is only said of a payment is left out."""
    rows = page.html.select(".totals > div")
    assert rows
    found = [(row.find(["span", "strong"]).get_text(), row.select(".money")[-1].get_text()) for row in rows]
    return [(" ".join(word.split()), amount) for word, amount in found if word != "Paid"]
