"""B020: the tax number of a company on forms: refused at its field, or kept and not yet believed."""

from __future__ import annotations

import pytest

from ezcore.accounts.models import Client
from tests.fixtures_accounts import ANN
from tests.fixtures_shop import put_in_cart


@pytest.fixture
def kept(shop):
    def look():
        with shop.work.read() as uow:
            client = uow.session.get_one(Client, 1)
            return (client.country, client.region, client.tax_number, client.tax_number_state)

    return look


def profile_form(browser):
    return next(form for form in browser.get("/account/profile/").forms.values() if "country" in form.fields)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"tax_number": "EE100931557"}, "tax_number"),
        ({"tax_number": "DE136695976"}, "tax_number"),
        ({"country": "DE", "tax_number": "EE100931558"}, "tax_number"),
        ({"country": "US", "region": "Ontario"}, "region"),
    ],
)
def test_B020_a_profile_names_the_field_and_loses_nothing(as_client, kept, fields, wrong):
    ann = as_client(ANN)
    form = profile_form(ann)
    for name, value in {"company": "Näidis AS", **fields}.items():
        form[name] = value
    page = form.submit(status=422)
    assert page.html.find(class_="summary-error").find("a", href=f"#{wrong}")
    assert page.html.find(id=wrong)["value"] == fields[wrong]
    assert page.html.find(id="company")["value"] == "Näidis AS"
    assert kept() == ("EE", "", "", "none")


def test_a_good_number_is_kept_unverified_until_somebody_answers(as_client, kept):
    form = profile_form(as_client(ANN))
    form["tax_number"] = "ee 100 931 558"
    form.submit(status=303)
    assert kept() == ("EE", "", "EE100931558", "unverified")


def test_the_checkout_shows_it_and_does_not_forget_it(as_client, kept):
    ann = as_client(ANN, tax_number="EE100931558")
    put_in_cart(ann)
    form = ann.get("/billing/checkout/billing/").forms["billing"]
    assert form["tax_number"].value == "EE100931558"
    form.submit(status=303)
    assert kept()[2] == "EE100931558"
    form["tax_number"] = "EE1"
    page = form.submit(status=422)
    assert page.html.find(class_="summary-error").find("a", href="#tax_number")
