"""Automation, webhooks, mails and the audit log as staff use them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ezcore.automation.tasks import TASKS, tick
from ezcore.jobs.hold import hold
from ezcore.jobs.inbox.models import InboxState, WebhookBody, WebhookEvent
from ezcore.jobs.models import Job
from ezcore.services.services.models import Service
from tests.functional.admin.conftest import form_to, log_in_again, token_of, words_of


def test_a_preview_lists_what_a_run_would_do_and_changes_nothing(shop, staff, paid, office):
    shop.work.clock.advance(timedelta(days=27))
    staff = log_in_again(shop, staff)
    page = staff.get("/admin/automation/renewals/")
    assert "Web Pro" in words_of(page)
    with pytest.raises(Exception, match="No row was found"):
        office.invoice("2026-00002")


def test_run_now_does_it_once_and_the_trail_says_who_asked(shop, staff, paid, office):
    shop.work.clock.advance(timedelta(days=27))
    staff = log_in_again(shop, staff)
    for _ in range(2):
        form_to(staff.get("/admin/automation/renewals/"), "/renewals/").submit(status=303).follow(status=200)
    assert office.invoice("2026-00002").status == "unpaid"
    with pytest.raises(Exception, match="No row was found"):
        office.invoice("2026-00003")
    assert [entry.actor_name for entry in office.trail("automation.run")] == ["Kadri", "Kadri"]


def test_daily_tasks_stay_visible_among_those_of_every_minute(shop, staff):
    tick(shop.work)
    for _ in range(30):
        shop.work.clock.advance(timedelta(minutes=1))
        tick(shop.work)
    rows = staff.get("/admin/automation/").html.select("tbody tr")
    assert len(rows) == len(TASKS)
    # At eleven in the shop's morning every daily task has had its time.
    last = '[data-label="Last run"]'
    assert not [row.th.get_text() for row in rows if row.select_one(last).get_text(strip=True) == "never"]


def test_support_previews_and_does_not_run(as_staff, office):
    helper = as_staff(email="helper@staff.example", role="support")
    page = helper.get("/admin/automation/renewals/")
    assert not [form for form in page.forms.values() if "/automation/" in form.action]
    token = token_of(helper)
    helper.post("/admin/automation/renewals/", {"csrf_token": token}, status=403)
    assert not office.trail("automation.run")


def test_a_parked_webhook_says_why_and_is_processed_again_on_request(shop, staff, office):
    with shop.work.write() as uow:
        event = WebhookEvent(
            source="stripe", external_id="evt_1", kind="charge.paid", state=InboxState.PARKED,
            reason="another API version", received_at=uow.now(),
        )  # fmt: skip
        uow.session.add(event)
        uow.session.flush()
        uow.session.add(WebhookBody(event_id=event.id, body=b"{}", received_at=uow.now()))
    page = staff.get("/admin/webhooks/?state=parked")
    assert "another API version" in words_of(page)
    form_to(page, "/replay/").submit(status=303)
    with shop.work.read() as uow:
        assert uow.session.get_one(WebhookEvent, 1).state == "received"
        assert uow.session.query(Job).filter_by(kind="webhooks.process").count() == 1
    (entry,) = office.trail("webhook.replay")
    assert (entry.actor_name, entry.before) == ("Kadri", {"state": "parked"})


def test_mails_are_listed_without_the_links_in_them(staff, paid):
    page = staff.get("/admin/mails/")
    words = words_of(page)
    assert "ann@client.example" in words
    assert "invoice_issued" in words
    assert "/accounts/" not in page.html.find("main").decode()


def test_the_audit_log_is_found_by_object(staff, paid):
    page = staff.get("/admin/audit/?object=service&id=1")
    rows = page.html.select("tbody th")
    assert rows
    assert {row.a.get_text() for row in rows} == {"Service 1"}
    assert page.html.select_one("#id")["value"] == "1"
    assert not staff.get("/admin/audit/?object=service&id=77").html.select("tbody tr")


def test_a_refused_try_stands_in_the_audit_log_as_refused(shop, staff):
    from ezcore.audit.operations import record_refusal
    from ezcore.kernel.actor import VISITOR

    record_refusal(shop.work, VISITOR, "webhook.receive", "webhook_source", "stripe", "bad signature")
    words = words_of(staff.get("/admin/audit/?object=webhook_source"))
    assert "Refused" in words
    assert "bad signature" in words


def test_a_list_is_kept_approved_and_executed_as_it_was_shown(shop, staff, paid, office):
    shop.work.clock.advance(timedelta(days=27))
    staff = log_in_again(shop, staff)
    page = (
        form_to(staff.get("/admin/automation/renewals/"), "/previews/").submit(status=303).follow(status=200)
    )
    assert "1 invoice, €" in words_of(page)
    assert "Not approved" in words_of(page)
    assert page.html.title.text.startswith("Billing run of 29 Mar 2026")
    assert "<time" not in page.html.text
    # Whoever approves it finds it without having made it.
    assert words_of(staff.get("/admin/automation/renewals/").click("Billing run of")) == words_of(page)
    with pytest.raises(Exception, match="No row was found"):
        office.invoice("2026-00002")
    for _ in range(2):
        done = form_to(page, "/approve/").submit(status=303).follow(status=200)
        assert "1 issued, 0 left out" in words_of(done)
    assert office.invoice("2026-00002").status == "unpaid"
    assert [entry.actor_name for entry in office.trail("automation.approve")] == ["Kadri"]


def test_what_changed_since_the_list_was_made_is_shown_as_left_out(shop, staff, paid, office):
    shop.work.clock.advance(timedelta(days=27))
    staff = log_in_again(shop, staff)
    page = (
        form_to(staff.get("/admin/automation/renewals/"), "/previews/").submit(status=303).follow(status=200)
    )
    with shop.work.write() as uow:
        for service in uow.session.query(Service):
            service.price_minor += 1
    done = form_to(page, "/approve/").submit(status=303).follow(status=200)
    assert "0 issued, 1 left out" in words_of(done)
    assert "changed since it was shown" in words_of(done)


def test_a_hold_is_shown_and_ends_with_a_reason(shop, staff, office):
    with shop.work.write() as uow:
        hold(uow, "the database has gone back")
    page = staff.get("/admin/automation/")
    assert "Money and machine actions are held" in words_of(page)
    form = form_to(page, "/resume/")
    form.submit(status=422)
    form["reason"] = "compared with the bank"
    after = form.submit(status=303).follow(status=200)
    assert "are held" not in words_of(after)
    assert office.trail("installation.resume")[0].reason == "compared with the bank"
