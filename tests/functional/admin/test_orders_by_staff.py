"""Staff order for a client by the rules of the store, and decide about orders: hold, accept, cancel, fraud."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update

from ezcore.accounts.models import Client
from ezcore.billing.invoices.models import Invoice
from ezcore.catalog.products.models import Price
from ezcore.orders.orders.models import Order
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_shop import order
from tests.functional.admin.conftest import form_to, words_of


@pytest.fixture
def ann(as_client, shop):
    """A client, by number; her browser is not asked."""
    as_client()
    with shop.work.read() as uow:
        return uow.session.scalars(select(Client.id)).one()


def in_cart(staff, client, slug="web-pro"):
    """As staff from the list of orders to the review."""
    page = staff.get("/admin/orders/").click("New order")
    page = page.click(href=f"/admin/clients/{client}/order/$")
    page = page.click(href=f"/order/{slug}/$")
    return page.forms["configure"].submit("do", value="add").follow(status=200)


def one(shop, kind):
    with shop.work.read() as uow:
        return uow.session.scalars(select(kind)).one()


def count(shop, kind):
    with shop.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(kind))


def decide(staff, verb, reason="looks odd", status=303):
    page = staff.get(f"/admin/orders/1/{verb}/")
    form = form_to(page, f"/{verb}/")
    form["reason"] = reason
    return form.submit(status=status)


def pay(staff, shop):
    form = form_to(staff.get("/admin/invoices/2026-00001/"), "/receive/")
    form["bank_reference"] = "EE2603020001"
    form.submit(status=303)
    drain(shop)


def test_staff_order_for_a_client_who_gets_the_invoice(shop, staff, ann, office):
    review = in_cart(staff, ann)
    assert "Due today €7.00" in words_of(review)
    placed = review.forms["place"].submit(status=303).follow()
    made, invoice = one(shop, Order), one(shop, Invoice)
    assert (made.client_id, made.total_minor, invoice.client_id, invoice.total_minor) == (
        ann,
        700,
        ann,
        700,
    )
    assert (made.user_id, made.ip) == (None, None), "the address of a member of staff is not the client's"
    assert "placed by staff" in words_of(placed)
    (trail,) = office.trail("order.place")
    assert (trail.actor_kind, trail.actor_name, trail.client_id) == ("staff", "Kadri", ann)
    pay(staff, shop)
    assert one(shop, Service).state == "active"


def test_sent_twice_it_is_one_order(shop, staff, ann):
    form = in_cart(staff, ann).forms["place"]
    first, second = form.submit(status=303), form.submit(status=303)
    assert first.location == second.location
    assert count(shop, Order) == 1


def test_a_price_that_changed_is_shown_before_anything_is_ordered(shop, staff, ann):
    form = in_cart(staff, ann).forms["place"]
    with shop.work.write() as uow:
        uow.session.execute(update(Price).values(amount_minor=999))
    again = form.submit(status=409)
    assert "€9.99" in words_of(again)
    assert count(shop, Order) == 0
    again.forms["place"].submit(status=303)
    assert one(shop, Order).total_minor == 999


def test_lines_and_codes_are_changed_before_it_is_placed(staff, ann):
    page = in_cart(staff, ann)
    code = next(form for form in page.forms.values() if "code" in form.fields)
    code["code"] = "NOSUCH"
    assert "Promotion code" in words_of(code.submit(status=422))
    page = page.click("Add something else").click(href=r"/order/web-start/\?cart=")
    page = page.forms["configure"].submit("do", value="add").follow()
    assert "Due today €10.50" in words_of(page)
    for _ in range(2):
        gone = next(form for form in page.forms.values() if "line" in form.fields)
        page = gone.submit(status=303).follow()
    assert "Nothing is in this order" in words_of(page)


def test_a_closed_client_is_not_ordered_for(shop, staff, ann):
    form = in_cart(staff, ann).forms["place"]
    with shop.work.write() as uow:
        uow.session.execute(update(Client).values(status="closed"))
    assert form.submit(expect_errors=True).status_int == 409
    assert "No client" in words_of(staff.get("/admin/orders/new/?q=ann"))
    assert count(shop, Order) == 0


def test_a_role_without_orders_neither_orders_nor_decides(as_staff, ordered):
    support = as_staff(email="s@staff.example", role="support")
    assert support.get("/admin/orders/new/", expect_errors=True).status_int == 403
    page = support.get("/admin/orders/1/")
    assert not re.search(r"/admin/orders/1/(hold|fraud)/|/orders/new/", page.text)


def test_a_held_order_is_paid_and_waits_until_it_is_accepted(shop, staff, as_client, office):
    ann = as_client()
    order(ann)
    assert decide(staff, "hold").location.endswith("/admin/orders/1/")
    pay(staff, shop)
    assert (one(shop, Invoice).status, one(shop, Service).state) == ("paid", "pending")
    assert "Being checked" in words_of(ann.get("/dashboard/services/"))
    assert "looks odd" in words_of(staff.get("/admin/orders/1/"))
    decide(staff, "accept", "spoke to her")
    drain(shop)
    assert (one(shop, Order).status, one(shop, Service).state) == ("active", "active")
    assert [row.reason for row in office.trail("order.accept")] == ["spoke to her"]


def test_an_order_accepted_before_it_is_paid_is_set_up_by_the_payment(shop, staff, ordered):
    decide(staff, "hold")
    decide(staff, "accept")
    drain(shop)
    assert one(shop, Service).state == "pending"
    pay(staff, shop)
    assert one(shop, Service).state == "active"


def test_a_reason_is_asked_and_what_runs_cannot_be_held(shop, staff, paid):
    assert staff.get("/admin/orders/1/hold/").status_int == 200
    assert "Not now" in words_of(staff.get("/admin/orders/1/hold/"))
    assert decide(staff, "fraud", reason="", status=422).status_int == 422
    assert one(shop, Order).status == "active"


def test_fraud_before_the_payment_takes_everything_back(shop, staff, ordered):
    decide(staff, "fraud")
    states = one(shop, Order).status, one(shop, Service).state, one(shop, Invoice).status
    assert states == ("fraud", "cancelled", "cancelled")


def test_fraud_after_the_payment_delivers_nothing_and_leaves_the_money_to_staff(shop, staff, ordered):
    decide(staff, "hold")
    pay(staff, shop)
    decide(staff, "fraud")
    drain(shop)
    assert (one(shop, Service).state, one(shop, Invoice).status) == ("cancelled", "paid")


def test_the_client_is_not_told_of_our_suspicion(shop, staff, as_client):
    browser = as_client()
    order(browser)
    decide(staff, "fraud")
    page = words_of(browser.get("/orders/1/"))
    assert "Cancelled" in page
    assert "raud" not in page


def test_a_held_order_is_cancelled_with_its_invoice(shop, staff, ordered):
    decide(staff, "hold")
    decide(staff, "cancel")
    assert (one(shop, Order).status, one(shop, Invoice).status) == ("cancelled", "cancelled")
