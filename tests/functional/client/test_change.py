"""Changing a service on its page: what is shown is charged, nothing typed is lost, and only one's own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions import operations as transactions
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, order

CHANGE = "/dashboard/services/1/change/"


@pytest.fixture
def ann(shop, as_client):
    """Ann has a running web hosting account of the smallest plan."""
    ann = as_client()
    order(ann, "web-start", label="studio.example")
    pay(shop)
    return ann


def pay(shop):
    with shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
        transactions.record_manual(uow, invoice, "banktransfer", invoice.balance_due, f"b{invoice.id}")
    drain(shop)


def service(shop):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Service)).one()


def test_the_preview_is_the_charge(shop, ann):
    ann.get(CHANGE, status=200)
    before = service(shop)
    page = ann.get(f"{CHANGE}?product=web-pro&cycle=1+month", status=200)
    form = next(form for form in page.forms.values() if "expected" in form.fields)
    expected = form["expected"].value
    bill = form.submit(status=303).follow(status=200)
    assert expected in bill.text.replace(",", ".")
    assert service(shop).price == before.price
    pay(shop)
    assert service(shop).price > before.price


def test_a_price_that_was_tampered_with_is_refused_and_the_choice_is_kept(shop, ann):
    page = ann.get(f"{CHANGE}?product=web-pro&cycle=1+month")
    form = next(form for form in page.forms.values() if "expected" in form.fields)
    for wrong in ("0.01", "-1", "NaN", "1e3", "", "\uff11"):
        form["expected"].force_value(wrong)
        answer = form.submit(status=422)
        assert 'value="web-pro" checked' in answer.text
    with shop.work.read() as uow:
        assert len(uow.session.scalars(select(Invoice)).all()) == 1


def test_a_get_changes_nothing(shop, ann):
    ann.get(f"{CHANGE}?product=web-pro&cycle=1+month", status=200)
    with shop.work.read() as uow:
        assert len(uow.session.scalars(select(Invoice)).all()) == 1


@pytest.mark.parametrize("query", ["product=nothing", "cycle=12+months", "product=%3Cb%3E&cycle=x"])
def test_what_is_not_sold_is_shown_as_what_there_is(ann, query):
    ann.get(f"{CHANGE}?{query}", status=200)


def test_the_service_of_another_is_not_there(ann, as_client):
    bob = as_client("bob@client.example")
    bob.get(CHANGE, status=404)
    bob.post(CHANGE, {"product": "web-pro", "expected": "1.00", "csrf_token": csrf_of(bob)}, status=404)


def test_an_unpaid_change_is_withdrawn(shop, ann):
    page = ann.get(f"{CHANGE}?product=web-pro&cycle=1+month")
    next(form for form in page.forms.values() if "expected" in form.fields).submit(status=303)
    page = ann.get(CHANGE)
    next(form for form in page.forms.values() if form.action.endswith("/withdraw/")).submit(status=303)
    with shop.work.read() as uow:
        assert [one.status for one in uow.session.scalars(select(Invoice).order_by(Invoice.id))] == [
            "paid", "cancelled",
        ]  # fmt: skip


def test_a_renewal_can_be_had_early_and_once(shop, ann):
    page = ann.get("/dashboard/services/1/")
    form = next(form for form in page.forms.values() if form.action.endswith("/renew/"))
    form.submit(status=303).follow(status=200)
    assert not [f for f in ann.get("/dashboard/services/1/").forms.values() if f.action.endswith("/renew/")]
    again = form.submit(status=303).follow(status=200)
    assert "invoiced already" in again.text
