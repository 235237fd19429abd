"""Staff ask for lifecycle actions: confirmed, with a reason, one at a time."""

from __future__ import annotations

import pytest

from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.functional.admin.conftest import form_to, token_of, words_of


def state(shop):
    with shop.work.read() as uow:
        return uow.session.get_one(Service, 1).state


def ask(browser, verb, reason="the client asked for it", status=303):
    form = form_to(browser.get(f"/admin/services/1/{verb}/"), f"/{verb}/")
    form["reason"] = reason
    return form.submit(status=status)


def test_suspend_unsuspend_and_terminate_go_through_jobs(shop, staff, paid, office):
    for verb, after in (("suspend", "suspended"), ("unsuspend", "active"), ("terminate", "terminated")):
        ask(staff, verb).follow(status=200)
        drain(shop)
        assert state(shop) == after
        assert office.trail(f"service.request_{verb}")[-1].reason == "the client asked for it"
        assert office.trail(f"service.request_{verb}")[-1].actor_name == "Kadri"


def test_looking_at_the_question_changes_nothing(shop, staff, paid, office):
    page = staff.get("/admin/services/1/terminate/")
    assert "Nobody can take this back" in words_of(page)
    drain(shop)
    assert state(shop) == "active"
    assert not office.trail("service.request_terminate")


@pytest.mark.parametrize("reason", ["", "  ", "no", "x" * 401])
def test_no_action_without_a_reason(shop, staff, paid, reason):
    page = ask(staff, "suspend", reason, status=422)
    assert page.html.select_one("#reason")["aria-invalid"] == "true"
    assert page.html.select_one("#reason")["value"] == reason
    drain(shop)
    assert state(shop) == "active"


def test_a_second_click_meets_the_first_action(staff, paid, office):
    form = form_to(staff.get("/admin/services/1/suspend/"), "/suspend/")
    form["reason"] = "clicked twice"
    form.submit(status=303)
    form.submit(status=409)
    assert len(office.trail("service.request_suspend")) == 1
    page = staff.get("/admin/services/1/")
    assert "Suspend is under way" in words_of(page)
    assert not page.html.select(".actions a")


def test_a_verb_that_does_not_fit_the_state_is_explained_without_a_button(staff, paid):
    page = staff.get("/admin/services/1/unsuspend/", status=200)
    assert "“Unsuspend” does not fit a service that is active" in words_of(page)
    assert not [form for form in page.forms.values() if "/services/" in form.action]


def test_the_page_of_a_service_leads_to_its_jobs_invoices_and_trail(staff, paid):
    links = {a["href"] for a in staff.get("/admin/services/1/").html.select("main a")}
    assert {"/admin/invoices/2026-00001/", "/admin/audit/?object=service&id=1"} <= links
    assert [link for link in links if link.startswith("/admin/jobs/")]


def test_the_order_leads_to_its_invoice_and_service(staff, paid):
    links = {a["href"] for a in staff.get("/admin/orders/1/").html.select("main a")}
    assert {"/admin/invoices/2026-00001/", "/admin/services/1/"} <= links


def test_billing_staff_cannot_touch_a_service(shop, as_staff, paid):
    clerk = as_staff(email="clerk@staff.example", role="billing")
    clerk.get("/admin/services/1/", status=200)
    clerk.get("/admin/services/1/suspend/", status=403)
    token = token_of(clerk)
    clerk.post("/admin/services/1/suspend/", {"csrf_token": token, "reason": "no right"}, status=403)
    drain(shop)
    assert state(shop) == "active"
