"""Many services at once: each a job, one action at a time runs on each, and a reason is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.jobs.models import Job
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_shop import order
from tests.functional.admin.conftest import form_to, token_of, words_of

PATH = "/admin/bulk/services/"


@pytest.fixture
def two(paid, as_client, shop):
    """Ann's service runs, Ben's waits for his payment; their numbers."""
    order(as_client(email="ben@client.example", name="Ben"))
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(Service.id).order_by(Service.id)))


def ask(browser, numbers, do):
    form = form_to(browser.get("/admin/services/"), PATH)
    for box in form.fields["id"]:
        box.checked = int(box._value) in numbers
    form["do"] = do
    return form.submit(status=200)


def act(page, reason="unpaid for long", status=200):
    form = form_to(page, PATH)
    form["reason"] = reason
    return form.submit(status=status)


def states(shop):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(Service.state).order_by(Service.id)))


def jobs(shop, kind):
    with shop.work.read() as uow:
        return len(uow.session.scalars(select(Job.id).where(Job.kind == kind)).all())


def test_suspended_are_those_that_can_be_and_the_other_is_named(shop, staff, two, office):
    page = ask(staff, two, "suspend")
    assert "They are stopped and stay stopped" in words_of(page)
    answer = act(page)
    assert "Suspend: 1 done" in words_of(answer)
    assert "cannot suspend a service that is pending" in words_of(answer)
    drain(shop)
    assert states(shop) == ["suspended", "pending"]
    assert [row.reason for row in office.trail("service.request_suspend")] == ["unpaid for long"]


def test_the_same_form_twice_is_one_job(shop, staff, two):
    page = ask(staff, two[:1], "suspend")
    act(page, status=303)
    assert "0 done, 1 was so already" in words_of(act(page, status=303).follow()), "it runs already"
    drain(shop)
    assert "0 done, 1 was so already" in words_of(act(page, status=303).follow())
    assert jobs(shop, "services.suspend") == 1


def test_they_are_given_back_as_they_were(shop, staff, two):
    act(ask(staff, two[:1], "suspend"), status=303)
    drain(shop)
    act(ask(staff, two[:1], "unsuspend"), "a mistake", status=303)
    drain(shop)
    assert states(shop)[0] == "active"


def test_a_reason_is_asked_for(shop, staff, two):
    page = act(ask(staff, two, "suspend"), "", status=422)
    assert page.html.select_one("#reason")["aria-invalid"] == "true"
    assert states(shop)[0] == "active"


def test_a_look_at_what_has_no_vendor_is_refused_by_name(staff, two):
    page = ask(staff, two, "look")
    assert "there is nothing to look at" in words_of(page)


def test_the_role_without_the_right_has_no_boxes_and_no_door(as_staff, two):
    billing = as_staff(email="b@staff.example", role="billing")
    assert "bulk" not in billing.get("/admin/services/").text
    body = {"csrf_token": token_of(billing), "do": "look", "id": str(two[0])}
    billing.post(PATH, body, status=403)
