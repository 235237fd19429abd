"""Many orders at once: accept, hold and cancel by the rules for one order."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.orders.orders.models import Order
from tests.fixtures_shop import order
from tests.functional.admin.conftest import form_to, token_of, words_of

PATH = "/admin/bulk/orders/"


@pytest.fixture
def three(paid, as_client):
    """Ann's order is delivered, two of Ben wait; their numbers."""
    ben = as_client(email="ben@client.example", name="Ben")
    order(ben)
    order(ben)
    return [1, 2, 3]


def decide(browser, numbers, do, reason="looks odd", status=200):
    form = form_to(browser.get("/admin/orders/"), PATH)
    for box in form.fields["id"]:
        box.checked = int(box._value) in numbers
    form["do"] = do
    page = form_to(form.submit(status=200), PATH)
    page["reason"] = reason
    return page.submit(status=status)


def statuses(shop):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(Order.status).order_by(Order.id)))


def test_held_are_those_that_wait(shop, staff, three, office):
    answer = decide(staff, three, "hold")
    assert "Hold: 2 done" in words_of(answer)
    assert "order 1 is active" in words_of(answer)
    assert statuses(shop) == ["active", "held", "held"]
    assert {row.reason for row in office.trail("order.hold")} == {"looks odd"}


def test_held_twice_is_held_once_and_accepted_again(shop, staff, three, office):
    decide(staff, three[1:], "hold", status=303)
    assert "0 done, 2 were so already" in words_of(decide(staff, three[1:], "hold", status=303).follow())
    decide(staff, three[1:], "accept", "spoke to him", status=303)
    assert statuses(shop) == ["active", "pending", "pending"]
    assert (len(office.trail("order.hold")), len(office.trail("order.accept"))) == (2, 2)


def test_cancelled_are_those_that_nobody_paid(shop, staff, three):
    answer = decide(staff, three, "cancel")
    assert "Cancel orders: 2 done" in words_of(answer)
    assert "order 1 is active and cannot be cancelled" in words_of(answer)
    assert statuses(shop) == ["active", "cancelled", "cancelled"]
    assert "0 done, 2 were so already" in words_of(decide(staff, three[1:], "cancel", status=303).follow())


def test_the_role_without_the_right_has_no_boxes_and_no_door(as_staff, three):
    support = as_staff(email="s@staff.example", role="support")
    assert "bulk" not in support.get("/admin/orders/").text
    body = {"csrf_token": token_of(support), "do": "cancel", "id": "2", "sure": "1", "reason": "why not"}
    support.post(PATH, body, status=403)
