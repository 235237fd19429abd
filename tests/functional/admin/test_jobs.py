"""What staff may do about a job: every button moves it, and the trail says who and why."""

from __future__ import annotations

import pytest

from ezcore.worker import drain
from tests.functional.admin.conftest import form_to, token_of, words_of


def act(browser, number, verb, reason="", status=303):
    values = {"csrf_token": token_of(browser), "reason": reason}
    return browser.post(f"/admin/jobs/{number}/{verb}/", values, status=status)


def test_a_job_says_what_keeps_it_and_when_it_runs_again(staff, office):
    number = office.failing_job()
    page = staff.get(f"/admin/jobs/{number}/")
    words = words_of(page)
    assert "Retrying" in words
    assert "connection refused by node 7" in words
    assert "Tries 1, 1 failed in a row" in words.replace(" ,", ",")
    assert "Next run 2 Mar 2026, 11:00:05" in words
    assert [step.get_text(" ", strip=True).split(" ,")[0] for step in page.html.select(".steps li")]


def test_the_request_log_is_shown_as_it_was_masked(shop, staff, office):
    from ezcore.jobs.models import JobLog

    number = office.failing_job()
    with shop.work.write() as uow:
        uow.session.add(
            JobLog(
                job_id=number,
                step="work",
                at=uow.now(),
                request="POST /nodes token=***",
                answer="<b>no</b>",
                status=503,
            )
        )
    line = staff.get(f"/admin/jobs/{number}/").html.select_one(".logline")
    assert [pre.get_text() for pre in line.select("pre")] == ["POST /nodes token=***", "<b>no</b>"]
    assert "503" in line.get_text()


def test_retry_runs_a_failed_job_now(shop, staff, office):
    number = office.failing_job()
    drain(shop)
    assert office.job(number).attempts == 1
    form = form_to(staff.get(f"/admin/jobs/{number}/"), "/retry/")
    form.submit(status=303).follow(status=200)
    drain(shop)
    assert office.job(number).attempts == 2
    (entry,) = office.trail("job.retry")
    assert (entry.actor_name, entry.object_id) == ("Kadri", str(number))


def test_the_answer_reaches_the_step_that_asked(shop, staff, office):
    number = office.asking_job()
    assert "Which of the two machines is ours?" in words_of(staff.get(f"/admin/jobs/{number}/"))
    form = form_to(staff.get(f"/admin/jobs/{number}/"), "/answer/")
    form["reason"] = "machine 104"
    form.submit(status=303)
    drain(shop)
    assert office.answers == [None, "machine 104"]
    assert office.job(number).state == "complete"
    assert office.trail("job.retry")[-1].reason == "answered: machine 104"


@pytest.mark.parametrize(("verb", "state"), [("cancel", "cancelled"), ("mark_done", "complete")])
def test_a_job_that_is_given_up_or_done_by_hand_keeps_the_reason(staff, office, verb, state):
    number = office.failing_job()
    act(staff, number, verb, "the client called")
    assert office.job(number).state == state
    (entry,) = office.trail(f"job.{verb}")
    assert (entry.reason, entry.after) == ("the client called", {"state": state})


@pytest.mark.parametrize("verb", ["cancel", "mark_done", "answer"])
def test_without_a_reason_nothing_moves_and_the_field_says_so(staff, office, verb):
    number = office.asking_job()
    page = act(staff, number, verb, "   ", status=422)
    assert page.html.select_one("#reason")["aria-invalid"] == "true"
    assert page.html.select_one(".summary-error a")["href"] == "#reason"
    assert office.job(number).state == "needs_info"


def test_what_was_typed_is_not_lost(staff, office):
    number = office.failing_job()
    page = act(staff, number, "cancel", "x" * 401, status=422)
    assert page.html.select_one("#reason")["value"] == "x" * 401


def test_a_job_that_is_over_is_left_alone(shop, staff, office):
    number = office.failing_job()
    act(staff, number, "cancel", "not needed")
    act(staff, number, "retry", status=409)
    act(staff, number, "cancel", "again", status=409)
    assert not [
        form for form in staff.get(f"/admin/jobs/{number}/").forms.values() if "/jobs/" in form.action
    ]


def test_one_click_runs_all_jobs_of_one_cause_and_no_other(staff, office):
    same = [office.failing_job(f"same-{n}", "node 7 is away") for n in range(3)]
    other = office.failing_job("other", "disk is full")
    page = staff.get("/admin/jobs/")
    form = next(f for f in page.forms.values() if "cause" in f.fields and "node 7" in f["cause"].value)
    answer = form.submit(status=303).follow()
    assert "3 jobs run again now" in words_of(answer)
    assert {office.job(number).failures for number in same} == {0}
    assert office.job(other).failures == 1
    assert len(office.trail("job.retry")) == 3


def test_a_cause_that_is_gone_is_told_instead_of_counted(staff):
    values = {"csrf_token": token_of(staff), "cause": "nobody has this"}
    staff.post("/admin/jobs/retry/", values, status=422)


def test_jobs_that_cannot_run_now_do_not_keep_the_others(shop, staff, paid, office):
    """Two failed jobs of one service: the first takes its one place, the second stays as it is."""
    from ezcore.jobs.models import Job, JobState

    first, second, free = (office.queued_job(key) for key in ("a", "b", "c"))
    payload = {"service_id": 1, "verb": "suspend", "module": None, "reason": "test"}
    with shop.work.write() as uow:
        for number in (first, second, free):
            job = uow.session.get_one(Job, number)
            job.state, job.cause = JobState.FAILED, "node 7 is away"
            if number != free:
                job.kind, job.payload = "services.suspend", payload
    page = staff.get("/admin/jobs/")
    answer = form_to(page, "/admin/jobs/retry/").submit(status=303).follow()
    assert "2 jobs run again now, 1 cannot" in words_of(answer)
    assert [office.job(number).state for number in (first, second, free)] == ["queued", "failed", "queued"]


def test_the_list_links_to_what_a_job_is_about(staff, paid):
    links = {a["href"] for a in staff.get("/admin/jobs/").html.select("tbody a")}
    assert "/admin/services/1/" in links


def test_billing_staff_see_jobs_and_touch_none(as_staff, office):
    number = office.failing_job()
    clerk = as_staff(email="clerk@staff.example", role="billing")
    page = clerk.get(f"/admin/jobs/{number}/")
    assert not [form for form in page.forms.values() if "/jobs/" in form.action]
    token = token_of(clerk)
    clerk.post(f"/admin/jobs/{number}/retry/", {"csrf_token": token, "reason": "please"}, status=403)
    assert office.job(number).failures == 1
