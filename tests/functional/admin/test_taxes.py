"""Taxes in the admin area: rules with dates, who pays what, and the evidence behind a client's tax number."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.taxes.models import TaxNumberCheck, TaxRule
from tests.functional.admin.conftest import form_to, words_of
from tests.functional.admin.test_pages import flaws

SWISS = {"name": "MWST", "rate": "8.1", "country": "CH", "valid_from": "2024-01-01"}


def add(staff, status=303, **fields):
    form = form_to(staff.get("/admin/taxes/new/"), "/admin/taxes/new/")
    for name, value in {**SWISS, **fields}.items():
        form[name] = value
    return form.submit(status=status)


def rules(shop):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(TaxRule).order_by(TaxRule.id)))


@pytest.fixture
def union(shop):
    """The shop charges the Union's VAT from Estonia; nobody is asked about numbers."""
    tax = {"scheme": "eu_vat", "seller_country": "EE", "vies_url": ""}
    for name, value in tax.items():
        object.__setattr__(shop.work.settings.tax, name, value)
    return shop


def test_a_rule_is_added_ended_and_followed_by_another(shop, staff):
    add(staff)
    (rule,) = rules(shop)
    assert (rule.rate_ppm, rule.country, rule.valid_from, rule.valid_until) == (
        81_000,
        "CH",
        date(2024, 1, 1),
        None,
    )
    end = form_to(staff.get(f"/admin/taxes/rules/{rule.id}/"), "/end/")
    end["valid_until"] = "2026-07-01"
    page = end.submit(status=303).follow()
    assert "30 Jun 2026" in words_of(page)
    add(staff, rate="8.8", valid_from="2026-07-01").follow()
    listed = words_of(staff.get("/admin/taxes/"))
    assert "MWST 8.1 %" in listed
    assert "MWST 8.8 %" not in listed
    assert "MWST 8.8 %" in words_of(staff.get("/admin/taxes/?when=later"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"rate": "101"}, "rate"), ({"rate": "-1"}, "rate"), ({"rate": "x"}, "rate"), ({"rate": ""}, "rate"),
        ({"valid_until": "2023-12-31"}, "valid_until"), ({"valid_until": "2024-01-01"}, "valid_until"),
        ({"valid_from": "31.12.2024"}, "valid_from"), ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2025-01-01"}, "valid_from"), ({"name": " "}, "name"), ({"tax_class": "none"}, "tax_class"),
        ({"country": "CA", "region": "Bavaria"}, "region"), ({"country": "", "region": "QC"}, "country"),
        ({"compound": True}, "compound"),
    ],
)  # fmt: skip
def test_B096_a_rule_that_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    shop, staff, fields, wrong
):
    add(staff)
    page = add(staff, status=422, **{"name": "Other", **fields})
    assert page.html.find(class_="summary-error").find("a", href=f"#{wrong}")
    assert page.html.find(id="name")["value"] == fields.get("name", "Other")
    assert len(rules(shop)) == 1


def test_B096_an_end_before_the_beginning_is_refused(shop, staff):
    add(staff)
    end = form_to(staff.get("/admin/taxes/rules/1/"), "/end/")
    end["valid_until"] = "2020-01-01"
    page = end.submit(status=422)
    assert page.html.find(id="valid_until")["value"] == "2020-01-01"
    assert page.html.find(class_="summary-error").find("a", href="#valid_until")


def test_a_rule_that_no_document_bears_is_removed(shop, staff):
    add(staff)
    form_to(staff.get("/admin/taxes/rules/1/"), "/remove/").submit(status=303)
    assert rules(shop) == []
    assert staff.get("/admin/taxes/rules/1/", status=404)


def test_the_rates_of_the_union_are_loaded_once(union, staff):
    form_to(staff.get("/admin/taxes/"), "/eu-rates/").submit(status=303)
    assert (
        len(rules(union)) == 27 + 7
    )  # Estonia and Luxembourg changed twice; Finland, Romania, Slovakia once
    page = form_to(staff.get("/admin/taxes/"), "/eu-rates/").submit(status=303).follow()
    assert "Every member state has its rate already" in page.text
    assert "Estonia" in words_of(page)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("country=EE", ("Taxed", "VAT 24 %", "124.00")),
        ("country=EE&on=2025-06-30", ("Taxed", "VAT 22 %", "122.00")),
        ("country=DE", ("Taxed", "VAT 24 %", "124.00")),
        ("country=DE&confirmed=1", ("Reverse charge", "Art. 196", "100.00")),
        ("country=GR&confirmed=1", ("Reverse charge", "Art. 196", "100.00")),
        ("country=US", ("No tax", "outside the Union", "100.00")),
    ],
)
def test_what_a_client_from_there_would_pay(union, staff, asked, words):
    form_to(staff.get("/admin/taxes/"), "/eu-rates/").submit(status=303)
    asked = asked if "on=" in asked else f"{asked}&on=2026-03-02"
    page = staff.get(f"/admin/taxes/preview/?{asked}&tax_class=standard&region=")
    assert [word for word in words if word not in words_of(page)] == []


@pytest.mark.parametrize(
    "asked", ["country=XX&on=2026-03-02", "country=&on=2026-03-02", "country=DE&on=x", "country=DE"]
)
def test_a_preview_of_nothing_is_refused(union, staff, asked):
    assert staff.get(f"/admin/taxes/preview/?{asked}", status=422).html.find(class_="summary-error")


def test_a_missing_rate_is_said_where_it_matters(union, staff, as_client):
    as_client()
    page = staff.get("/admin/taxes/preview/?country=EE&on=2026-03-02", status=422)
    assert "no standard VAT rate for EE" in words_of(page)
    assert "no standard VAT rate for EE" in words_of(staff.get("/admin/taxes/clients/1/"))


def test_staff_decide_about_a_number_and_see_the_evidence(union, staff, as_client):
    form_to(staff.get("/admin/taxes/"), "/eu-rates/").submit(status=303)
    as_client(country="DE", company="Muster GmbH", tax_number="DE136695976")
    page = staff.get("/admin/taxes/clients/").click("Muster GmbH")
    assert "Not confirmed" in words_of(page)
    refused = form_to(page, "/decide/").submit(status=422)
    assert refused.html.find(class_="summary-error").find("a", href="#decision_reason")
    form = form_to(page, "/decide/")
    form["decision_reason"] = "Seen on the register's page"
    page = form.submit(status=303).follow()
    assert "Reverse charge: the buyer owes the tax" in words_of(page)
    assert "Seen on the register's page" in words_of(page)
    with union.work.read() as uow:
        (row,) = uow.session.scalars(select(TaxNumberCheck)).all()
        assert (row.source, row.answer, row.decided_by) == ("staff", "valid", "Kadri")
    assert form_to(page, "/check/").submit(expect_errors=True).status_int == 409


def test_staff_free_a_client_from_tax_with_a_reason(union, staff, as_client):
    form_to(staff.get("/admin/taxes/"), "/eu-rates/").submit(status=303)
    as_client()
    form = form_to(staff.get("/admin/taxes/clients/1/"), "/exempt/")
    form["exempt"] = True
    refused = form.submit(status=422)
    assert refused.html.find(class_="summary-error").find("a", href="#exempt_reason")
    assert refused.html.find("input", {"name": "exempt"}).has_attr("checked")
    form["exempt_reason"] = "Embassy, Art. 151"
    assert "Printed Embassy, Art. 151" in words_of(form.submit(status=303).follow())
    with union.work.read() as uow:
        assert uow.session.get_one(Client, 1).tax_exempt is True


def test_the_pages_are_whole_and_ask_little(union, staff, as_client, count_queries):
    form_to(staff.get("/admin/taxes/"), "/eu-rates/").submit(status=303)
    as_client(country="DE", tax_number="DE136695976")
    for path in (
        "/admin/taxes/", "/admin/taxes/?when=all", "/admin/taxes/new/", "/admin/taxes/preview/",
        "/admin/taxes/preview/?country=DE&on=2026-03-02&confirmed=1", "/admin/taxes/rules/1/", "/admin/taxes/clients/",
        "/admin/taxes/clients/1/",
    ):  # fmt: skip
        with count_queries(union.engine) as asked:
            assert flaws(staff.get(path, status=200)) == [], path
        assert len(asked) <= 12, path


def test_support_reads_and_changes_nothing(union, staff, as_staff, as_client):
    add(staff)
    as_client(country="DE", tax_number="DE136695976")
    support = as_staff(email="support@staff.example", role="support")
    for path in ("/admin/taxes/", "/admin/taxes/rules/1/", "/admin/taxes/clients/1/"):
        page = support.get(path, status=200)
        assert not [form for form in page.forms.values() if "/admin/taxes/" in form.action]
    support.get("/admin/taxes/new/", status=403)
