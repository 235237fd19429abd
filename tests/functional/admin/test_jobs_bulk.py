"""Retry in bulk with a list before it, providers that rest, questions with fields: what staff see and press."""

from __future__ import annotations

from ezcore.jobs.models import Job, JobState, WorkerProcess
from ezcore.jobs.providers.models import Provider
from ezcore.plugin_api.errors import Asked, NeedsInfo
from ezcore.worker import drain
from tests.functional.admin.conftest import form_to, token_of, words_of


def test_the_list_of_what_would_run_comes_before_the_button_and_changes_nothing(staff, office):
    same = [office.failing_job(f"same-{n}", "node 7 is away") for n in range(2)]
    office.failing_job("other", "disk is full")
    link = next(a for a in staff.get("/admin/jobs/").html.select("a") if "node 7" in a.get_text())
    page = staff.get(link["href"])
    assert "2 jobs would run now" in words_of(page)
    assert {office.job(number).failures for number in same} == {1}
    answer = form_to(page, "/admin/jobs/retry/").submit(status=303).follow()
    assert "2 jobs run again now" in words_of(answer)
    assert {office.job(number).failures for number in same} == {0}


def test_a_bulk_retry_by_client_takes_what_is_stuck_once(shop, staff, office):
    numbers = [office.failing_job(f"k{n}", f"cause {n}") for n in range(2)]
    quiet = office.queued_job("quiet")
    with shop.work.write() as uow:
        for number in (*numbers, quiet):
            uow.session.get_one(Job, number).client_id = 1
    page = staff.get("/admin/jobs/again/?client=1")
    assert "2 jobs would run now" in words_of(page)
    form = form_to(page, "/admin/jobs/retry/")
    assert "2 jobs run again now" in words_of(form.submit(status=303).follow())
    assert form.submit(status=422).html is not None, "a second time there is nothing to do"
    assert len(office.trail("job.retry")) == 2


def test_an_address_that_means_no_job_is_not_found(staff, office):
    assert staff.get("/admin/jobs/again/", status=303).location.endswith("/admin/jobs/"), (
        "which jobs, says the list"
    )
    for query in ("?like=999", "?client=x", f"?like={office.queued_job()}"):
        staff.get(f"/admin/jobs/again/{query}", status=404)


def _provider(shop, office, **values):
    number = office.queued_job()
    with shop.work.write() as uow:
        uow.session.get_one(Job, number).provider = "panel:3"
        if values:
            row = {
                "failures": 5,
                "openings": 1,
                "reason": "<b>refused</b>",
                "paused_by": "",
                "paused_why": "",
            }
            uow.session.add(Provider(name="panel:3", **(row | values)))
    return number


def test_a_job_says_that_its_provider_does_not_answer(shop, staff, office):
    from datetime import timedelta

    number = _provider(shop, office, state="open", next_try_at=shop.work.clock.now() + timedelta(minutes=1))
    words = words_of(staff.get(f"/admin/jobs/{number}/"))
    assert "panel:3 is not answering, tried again at 09:01:00 UTC: <b>refused</b>" in words
    assert "panel:3 is not answering" in words_of(staff.get("/admin/jobs/"))


def test_staff_pause_and_resume_a_provider_with_a_reason_on_the_record(shop, staff, office):
    number = _provider(shop, office)
    form = form_to(staff.get("/admin/jobs/providers/"), "/pause/")
    form["provider"] = "panel:3"
    page = form.submit(status=422)
    assert page.html.select_one("#reason")["aria-invalid"] == "true"
    form["reason"] = "new disks"
    page = form.submit(status=303).follow()
    assert "panel:3 is paused by Kadri: new disks" in words_of(page)
    drain(shop)
    assert office.job(number).attempts == 0
    form_to(page, "/resume/").submit(status=303)
    drain(shop)
    assert office.job(number).attempts == 1
    assert office.trail("provider.pause")[0].reason == "new disks"


def test_a_provider_that_nobody_knows_is_named_as_the_wrong_field(staff, office):
    form = form_to(staff.get("/admin/jobs/providers/"), "/pause/")
    form["provider"], form["reason"] = "panel:9", "why not"
    page = form.submit(status=422)
    assert "panel:9" in page.html.select_one("#provider-error").get_text()


def test_calls_that_hang_are_shown(shop, staff):
    with shop.work.write() as uow:
        now = uow.database_now()
        uow.session.add(WorkerProcess(owner="w:1", threads=4, strays=3, started_at=now, seen_at=now))
    assert "w:1: 3 calls passed the limit" in words_of(staff.get("/admin/jobs/"))


def test_what_was_left_behind_at_the_vendor_stands_on_the_job(shop, staff, office):
    number = office.asking_job()
    with shop.work.write() as uow:
        uow.session.get_one(Job, number).left_behind = [
            {"step": "clone", "title": "Clone the machine", "cause": "<i>vm 104 is locked</i>"}
        ]
    assert "Clone the machine: <i>vm 104 is locked</i>" in words_of(staff.get(f"/admin/jobs/{number}/"))


def test_a_question_with_fields_is_a_form_with_errors_at_the_fields(shop, staff, office):
    fields = (Asked("disk", "Disk", "choice", ("sda", "sdb")), Asked("note", "Note", required=False))
    number = office._run("test.asking", "j9", NeedsInfo("Which disk?", fields=fields))
    form = form_to(staff.get(f"/admin/jobs/{number}/"), "/answer/")
    page = form.submit(status=422)
    assert page.html.select_one("#disk")["aria-invalid"] == "true"
    form["disk"] = "sdb"
    form.submit(status=303)
    drain(shop)
    assert office.answers == [None, '{"disk": "sdb"}']


def test_a_hostile_reply_is_shown_as_text(shop, staff, office):
    number = office.failing_job("hostile", "<script>alert(1)</script>" + "A" * 100_000)
    page = staff.get(f"/admin/jobs/{number}/")
    assert "<script>alert(1)</script>" in words_of(page)
    assert "<script>alert" not in page.text
    assert len(page.text) < 40_000
    assert office.job(number).state == JobState.QUEUED
    staff.get("/admin/jobs/", status=200)


def test_support_without_the_permission_gets_no_providers_form(as_staff, office, shop):
    _provider(shop, office)
    clerk = as_staff(email="clerk@staff.example", role="billing")
    page = clerk.get("/admin/jobs/providers/")
    assert not [form for form in page.forms.values() if "/providers/" in form.action]
    clerk.post("/admin/jobs/providers/pause/", {"csrf_token": token_of(clerk)}, status=403)
