"""Who may open what in the admin area: read off the declarations, so that no page can be forgotten."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ezcore.accounts.permissions import STAFF, STAFF_ROLES
from ezcore.web.shared.views import UNSAFE
from tests.functional.admin.conftest import form_to

FILLED = {
    "{id}": "1", "{number}": "2026-00001", "{task}": "renewals", "{name}": "banktransfer",
    "{reference}": "T-2026-000000",
    "admin.mailing.move": "pause",
    "admin.service.act": "suspend", "admin.order.act": "hold", "admin.job.act": "retry", "admin.plugin.rest": "pause",
    "admin.providers.rest": "pause",
}  # fmt: skip


def pages(wsgi):
    return [one for one in wsgi.registry["ez.declarations"] if one.path.startswith("/admin/")]


def address(one):
    path = re.sub(r"\{verb(:[^}]*)?\}", FILLED.get(one.route, ""), one.path)
    for name in ("{id}", "{number}", "{task}", "{name}", "{reference}"):
        path = path.replace(name, FILLED[name])
    return path


def ask(browser, one, token=""):
    """A second apart: there are more forms than one visitor may send in a minute."""
    browser.app.registry["ez.work"].clock.advance(timedelta(seconds=1))
    if one.method in UNSAFE:
        return browser.post(address(one), {"csrf_token": token}, expect_errors=True)
    return browser.get(address(one), expect_errors=True)


def token(browser):
    return form_to(browser.get("/"), "/accounts/logout/")["csrf_token"].value


def test_every_page_of_the_area_wants_a_permission_that_staff_can_have(wsgi):
    declared = pages(wsgi)
    assert len(declared) > 25
    assert not [one.route for one in declared if one.permission not in STAFF]


def test_a_visitor_is_sent_to_the_door_by_every_page(wsgi, browser, paid):
    answers = {(one.route, one.method): ask(browser, one) for one in pages(wsgi)}
    inside = [
        at for at, got in answers.items() if got.status_int != 303 or "/accounts/login/" not in got.location
    ]
    assert inside == []


def test_a_client_is_refused_by_every_page(wsgi, as_client, paid):
    ben = as_client(email="ben@client.example", name="Ben")
    key = token(ben)
    assert {ask(ben, one, key).status_int for one in pages(wsgi)} == {403}


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_a_role_opens_exactly_what_its_permissions_say(wsgi, as_staff, paid, office, role):
    office.queued_job()
    someone = as_staff(email=f"{role}@staff.example", role=role)
    key = token(someone)
    wrong = {}
    for one in pages(wsgi):
        status = ask(someone, one, key).status_int
        if (
            one.route == "admin.client.look"
        ):  # from here on this is a client's browser, until the button is pressed
            someone.post("/account/stop-looking/", {"csrf_token": key}, expect_errors=True)
        may = one.permission in STAFF_ROLES[role]
        # 404: there is no webhook event 1. It was looked for, so the door was open.
        expected = {200, 303, 404, 409, 422} if may else {403}
        if status not in expected:
            wrong[one.route, one.method] = status
    assert wrong == {}


def test_no_unsafe_page_acts_without_the_token_of_the_session(wsgi, staff, paid, office):
    number = office.queued_job()
    unsafe = [one for one in pages(wsgi) if one.method in UNSAFE]
    before = len(office.trail("job.retry"))
    assert {ask(staff, one, "stale").status_int for one in unsafe} == {400}
    assert office.job(number).state == "queued"
    assert len(office.trail("job.retry")) == before


def test_support_sees_no_button_for_what_it_may_not_do(as_staff, ordered):
    page = as_staff(role="support").get("/admin/invoices/2026-00001/")
    assert not [form for form in page.forms.values() if "/admin/invoices/" in form.action]
